"""Reads of tills."""

from typing import Any

from django.db.models import Count, QuerySet, Sum

from transactions.ledger.selectors import entries

from .models import DayClose, Refund, RefundApproval, Sale, Shift


def shifts() -> QuerySet[Shift]:
    return Shift.objects.select_related("account")


def shift_open_of(cashier: int) -> Shift | None:
    """The shift that a user has open."""
    return shifts().filter(cashier=cashier, closed_at=None).first()


def sales() -> QuerySet[Sale]:
    return Sale.objects.all()


def refunds_of(sale: Sale) -> QuerySet[Refund]:
    return Refund.objects.filter(sale=sale)


def approvals() -> QuerySet[RefundApproval]:
    return RefundApproval.objects.select_related("sale", "refund")


def days() -> QuerySet[DayClose]:
    return DayClose.objects.all()


def last_day(site: int | None) -> DayClose | None:
    """The newest close of a site."""
    return DayClose.objects.filter(site=site).order_by("-seq").first()


def tills_at(site: int) -> bool:
    """Whether anything was ever sold or counted there."""
    return Shift.objects.filter(site=site).exists() or DayClose.objects.filter(site=site).exists()


def cash_by_kind(shift: Shift) -> dict[str, int]:
    """What came into a drawer (above 0) and left it, by what for: "sale.cash", "topup.cash"."""
    rows = entries(account=shift.account_id).order_by().values_list("transfer__kind")
    # A drawer is ours, so what comes in is negative in the books.
    return {kind: -int(total) for kind, total in rows.annotate(total=Sum("amount"))}


def sold(shift_ids: list[int]) -> dict[str, dict[str, int]]:
    """Sales of these shifts by what they were paid with: how many, and their sum."""
    rows = Sale.objects.filter(shift__in=shift_ids).order_by().values("pay")
    found = rows.annotate(number=Count("*"), amount_micro=Sum("amount_micro"))
    return {
        row["pay"]: {"number": row["number"], "amount_micro": row["amount_micro"]} for row in found
    }


def refunded(shift_ids: list[int]) -> dict[str, dict[str, int]]:
    """Refunds that these shifts gave, the same way."""
    rows = Refund.objects.filter(shift__in=shift_ids).order_by().values("pay")
    found = rows.annotate(number=Count("*"), amount_micro=Sum("amount_micro"))
    return {
        row["pay"]: {"number": row["number"], "amount_micro": row["amount_micro"]} for row in found
    }


def shift_totals(shift: Shift) -> dict[str, Any]:
    """One closed shift, as a day's close has it."""
    return {
        "shift": shift.public_id,
        "cashier": shift.cashier_name,
        "cash": cash_by_kind(shift),
        "expected_micro": shift.expected_micro,
        "counted_micro": shift.counted_micro,
        "difference_micro": shift.difference_micro,
    }
