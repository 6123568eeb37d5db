"""/api/v1/tills/refund-approvals/: refunds above a limit, and the second person's answer."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from transactions.tills import selectors, services
from transactions.tills.models import RefundApproval
from transactions.wallets.api.fields import filled
from wificore.access.checks import ask
from wificore.access.decide import Record
from wificore.kernel.api.idempotency import idempotent

from .rows import Rows

APPROVE = "tills.refund.approve"


class RefundApprovalSerializer(serializers.ModelSerializer[RefundApproval]):
    id = serializers.CharField(source="public_id")
    sale = serializers.CharField(source="sale.public_id")
    receipt = serializers.CharField(source="sale.receipt")
    currency = serializers.CharField(source="sale.currency")
    refund = serializers.CharField(source="refund.public_id", allow_null=True, default=None)

    class Meta:
        model = RefundApproval
        fields = (
            "id",
            "sale",
            "receipt",
            "site",
            "state",
            "amount_micro",
            "currency",
            "pay",
            "reason",
            "asked_by",
            "asked_name",
            "decided_by",
            "decided_at",
            "note",
            "refund",
            "created_at",
        )
        read_only_fields = fields


class DeclineSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, help_text="Why not; whoever asked reads it.")


class RefundApprovalViewSet(Rows):
    """Refunds that a second person decides; approved ones are paid at once."""

    code_read, code_write = "tills.sale.view", APPROVE
    serializer_class = RefundApprovalSerializer
    queryset = selectors.approvals()
    filter_fields = {"state": "state", "sale": "sale__public_id"}
    exports = False

    @extend_schema(request=None, responses=RefundApprovalSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def approve(self, request: Request, **_kwargs: Any) -> Response:
        """Not what one asked for oneself, nor of one's own sale, nor above one's own limit."""
        done = services.refund_approve(approval=self._mine_to_decide(request))
        return Response(RefundApprovalSerializer(done).data)

    @extend_schema(request=DeclineSerializer, responses=RefundApprovalSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def decline(self, request: Request, **_kwargs: Any) -> Response:
        """Nothing is paid."""
        row = self._mine_to_decide(request)
        note = filled(DeclineSerializer(data=request.data))["note"]
        done = services.refund_decline(approval=row, note=note)
        return Response(RefundApprovalSerializer(done).data)

    def _mine_to_decide(self, request: Request) -> RefundApproval:
        row: RefundApproval = self.get_object()
        for maker in (row.asked_by, row.sale.seller):
            record = Record(site=row.site_id, maker=str(maker), amount_micro=row.amount_micro)
            decision = ask(request, APPROVE, record)
            if not decision.allowed:
                raise PermissionDenied(f"You may not decide this: {decision.rule}.")
        return row
