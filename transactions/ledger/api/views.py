"""/api/v1/ledger/: the books as they are, and corrections by those who may."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from transactions.ledger import selectors, services
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account, Transfer
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import ReadRowViewSet, RowLookup

from .serializers import (
    AccountSerializer,
    AdjustmentSerializer,
    TransferSerializer,
    WholeTransferSerializer,
)


class AccountViewSet(RowLookup, Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Account]):
    """Where money is."""

    code_read = "ledger.transfer.view"
    serializer_class = AccountSerializer
    queryset = Account.objects.all()
    search_fields = ("owner",)
    filter_fields = {"kind": "kind"}


class TransferViewSet(ReadRowViewSet):
    """How it moved, newest first; each with its entries."""

    code_read = "ledger.transfer.view"
    queryset = Transfer.objects.all()
    search_fields = ("reason", "actor_name")
    filter_fields = {"kind": "kind", "actor": "actor"}

    def get_queryset(self) -> QuerySet[Transfer]:
        return selectors.transfers()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return WholeTransferSerializer if self.action == "retrieve" else TransferSerializer


class AdjustmentView(APIView):
    """Corrects the books by another transfer: cash to the bank, a forgotten fee."""

    code_write = "ledger.transfer.adjust"

    @extend_schema(request=AdjustmentSerializer, responses={201: WholeTransferSerializer})
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        form = AdjustmentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        entries = [(_account(place), place["amount_micro"]) for place in wanted["entries"]]
        made = services.adjustment_post(entries=entries, reason=wanted["reason"])
        shown = selectors.transfers().get(pk=made.transfer)
        return Response(WholeTransferSerializer(shown).data, status=status.HTTP_201_CREATED)


def _account(place: dict[str, Any]) -> int:
    if "account" in place:
        return int(place["account"])
    return services.account(Kind(place["kind"]), place["owner"])
