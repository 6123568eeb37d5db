"""/api/v1/wallets/: thin views over services and selectors."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from transactions.ledger.selectors import entries
from transactions.wallets import selectors, services
from transactions.wallets.models import Wallet
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import PublicLookup

from .serializers import EntrySerializer, OpenSerializer, WalletSerializer


class WalletViewSet(
    PublicLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Wallet],
):
    """Customers' wallets."""

    code_read, code_write = "wallets.wallet.view", "wallets.wallet.manage"
    serializer_class = WalletSerializer
    queryset = selectors.wallets()
    search_fields = ("account_no", "subscriber__name", "subscriber__phone")
    filter_fields = {"subscriber": "subscriber_id"}

    def get_queryset(self) -> QuerySet[Wallet]:
        return selectors.wallets()

    @extend_schema(request=OpenSerializer, responses={201: WalletSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        form = OpenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wallet = services.wallet_open(**form.validated_data)
        return Response(WalletSerializer(wallet).data, status=status.HTTP_201_CREATED)


class EntryViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """What came into one wallet and went out of it, newest first."""

    code_read = "wallets.wallet.view"
    serializer_class = EntrySerializer
    queryset = entries(account=0)

    def get_queryset(self) -> QuerySet[Any]:
        return entries(account=wallet_of(self.kwargs).account_id)


def wallet_of(kwargs: Any) -> Wallet:
    """The wallet that a URL names; 404: there is none."""
    wallet = selectors.by_id(str(kwargs["id"]))
    if wallet is None:
        raise Http404
    return wallet
