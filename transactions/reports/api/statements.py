"""Statements of wallets and floats: as JSON, as CSV, as PDF. Each reading is audited."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.ledger.statements import Statement, statement
from transactions.reports.amounts import units
from transactions.reports.pdf import Holder, statement_pdf
from transactions.reports.words import by_service, said
from transactions.resellers.api.views import named
from transactions.wallets.api.fields import filled
from transactions.wallets.api.views import wallet_of
from wificore.access.selectors import zone
from wificore.kernel.api.listing import table
from wificore.kernel.audit import record_read

from .serializers import StatementQuerySerializer, StatementSerializer


class StatementView(APIView):
    """What an account had, what came and went, what it has."""

    # What the audit trail calls it, and what files are called.
    object_type = ""

    @extend_schema(parameters=[StatementQuerySerializer], responses=StatementSerializer)
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        account, public_id, name, number = self.account(request, kwargs)
        wanted = filled(StatementQuerySerializer(data=request.query_params.dict()))
        found = statement(account=account, since=wanted["since"], until=wanted["until"])
        export = wanted.get("export", "")
        shown = {"since": found.since, "until": found.until, "export": export}
        record_read("statement.shown", self.object_type, public_id, shown)
        if not export:
            return Response(_shape(found, name, number))
        organisation = str(request.tenant.name)  # type: ignore[attr-defined]  # the middleware's
        holder = Holder(organisation, name, number, zone())
        return _file(found, holder, export, f"statement-{number or public_id}")

    def account(self, request: Request, kwargs: Any) -> tuple[int, str, str, str]:
        """The account, and its holder's id, name and account number."""
        raise NotImplementedError


class WalletStatementView(StatementView):
    """A customer's wallet."""

    code_read = "wallets.wallet.view"
    object_type = "wallet"

    def account(self, request: Request, kwargs: Any) -> tuple[int, str, str, str]:
        wallet = wallet_of(kwargs)
        return wallet.account_id, wallet.public_id, wallet.subscriber.name, wallet.account_no


class FloatStatementView(StatementView):
    """A reseller's float."""

    code_read = "resellers.reseller.view"
    object_type = "reseller"

    def account(self, request: Request, kwargs: Any) -> tuple[int, str, str, str]:
        reseller = named(request, kwargs)
        return reseller.account_id, reseller.public_id, reseller.name, ""


def _shape(found: Statement, name: str, number: str) -> Any:
    lines = [{**asdict(line), **asdict(said(line))} for line in found.lines]
    sums = {"by_service_micro": by_service(found.lines)}
    whole = {**asdict(found), **sums, "lines": lines, "name": name, "account_no": number}
    return StatementSerializer(whole).data


def _file(found: Statement, holder: Holder, export: str, name: str) -> HttpResponse:
    if export == "pdf":
        answer = HttpResponse(statement_pdf(found, holder), content_type="application/pdf")
    else:
        answer = HttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    day = found.until.date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="{name}-{day}.{export}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _csv(found: Statement) -> str:
    """What came in and what went out in columns of their own: a spreadsheet adds them up."""
    rows = [_row(found, "opening", found.since, balance=found.opening_micro)]
    for line in found.lines:
        row = _row(found, line.kind, line.at, balance=line.balance_micro)
        side = "in" if line.amount_micro > 0 else "out"
        words = said(line)
        row |= {"transfer": str(line.transfer), "service": words.service, "what": words.text}
        row |= {"for": line.reason}
        rows.append({**row, side: units(abs(line.amount_micro))})
    return table([*rows, _row(found, "closing", found.until, balance=found.closing_micro)])


def _row(found: Statement, kind: str, at: datetime, *, balance: int) -> dict[str, str]:
    return {
        "at": at.isoformat(),
        "transfer": "",
        "kind": kind,
        "service": "",
        "what": "",
        "for": "",
        "in": "",
        "out": "",
        "balance": units(balance),
        "currency": found.currency,
    }
