"""Writes: refunds above somebody's limit, which a second person approves.

refund_ask -> asked -> refund_approve: approved, and paid in the same transaction
                    -> refund_decline: declined, nothing moves
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from transactions.tills.errors import ApprovalDecided, ApprovalWaits
from transactions.tills.models import Approval, RefundApproval, Sale
from transactions.tills.selling import check_left, check_refund
from transactions.tills.taking import cashier
from wificore.kernel.actor import current_actor
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

from .refunds import Giver, sale_refund


def refund_ask(*, sale: Sale, amount_micro: int, pay: str, reason: str) -> RefundApproval:
    """Ask a second person; nothing moves yet.

    Raises:
        AboveLimit: refunds would sum to more than the sale. ApprovalWaits: another one waits.
        TillInvalid: not an amount, no reason.
    """
    check_refund(amount_micro, pay, reason)
    check_left(sale, amount_micro)
    who = cashier()
    row = RefundApproval(
        public_id=new_public_id(),
        sale=sale,
        site_id=sale.site_id,
        amount_micro=amount_micro,
        pay=pay,
        reason=reason,
        asked_by=int(who.id),
        asked_name=who.label,
        created_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            announce("refund.asked", row.public_id, new=_told(row), reason=reason)
    except IntegrityError:
        raise ApprovalWaits("A refund of this sale waits for its approval.") from None
    return row


def refund_approve(*, approval: RefundApproval) -> RefundApproval:
    """Pay it: from the drawer of whoever asked, or into the wallet.

    Raises:
        ApprovalDecided: somebody was faster. NoShift: whoever asked has counted the drawer.
        AboveLimit, InsufficientFunds, TillInvalid: as `sale_refund`.
    """
    with transaction.atomic():
        row = _decided(approval, Approval.APPROVED, "")
        row.refund = sale_refund(
            sale=row.sale,
            amount_micro=row.amount_micro,
            pay=row.pay,
            reason=row.reason,
            giver=Giver(row.asked_by, row.asked_name),
        )
        row.save(update_fields=["refund"])
        announce("refund.approved", row.public_id, new=_told(row))
    return row


def refund_decline(*, approval: RefundApproval, note: str) -> RefundApproval:
    """It is not paid, and may be asked anew.

    Raises:
        ApprovalDecided: somebody was faster.
    """
    with transaction.atomic():
        row = _decided(approval, Approval.DECLINED, note)
        announce("refund.declined", row.public_id, new=_told(row), reason=note)
    return row


def _decided(approval: RefundApproval, state: Approval, note: str) -> RefundApproval:
    rows = RefundApproval.objects.filter(pk=approval.pk, state=Approval.ASKED)
    decided = {"decided_by": current_actor().label, "decided_at": timezone.now(), "note": note}
    if not rows.update(state=state, **decided):
        raise ApprovalDecided("Somebody has decided this already.")
    return RefundApproval.objects.select_related("sale").get(pk=approval.pk)


def _told(row: RefundApproval) -> dict[str, Any]:
    return {
        "site": row.site_id,
        "sale": row.sale.public_id,
        "receipt": row.sale.receipt,
        "amount_micro": row.amount_micro,
        "currency": row.sale.currency,
        "pay": str(row.pay),
        "reason": row.reason,
        "asked_by": row.asked_by,
        "asked_name": row.asked_name,
        "decided_name": row.decided_by,
        "note": row.note,
        "state": str(row.state),
    }
