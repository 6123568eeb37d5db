"""/api/v1/resellers/: thin views over services and selectors."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.ledger.selectors import entries
from transactions.resellers import selectors, services
from transactions.resellers.models import Resale, Reseller
from transactions.wallets.api.fields import BuyerSerializer, VoucherSaleRequestSerializer, filled
from transactions.wallets.api.serializers import EntrySerializer
from transactions.wallets.buyers import buyer, plan_of, voucher_of
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import PublicLookup

from .serializers import (
    FloatRequestSerializer,
    FloatSerializer,
    ResaleSerializer,
    ResellerSerializer,
)

CREATED = status.HTTP_201_CREATED


def seen(request: Any) -> QuerySet[Reseller]:
    """The resellers that the caller sees."""
    return selectors.seen_by(request.user.subject().id)


def named(request: Any, kwargs: Any) -> Reseller:
    """The one that a URL names; 404: there is none that the caller sees."""
    found = selectors.by_id(str(kwargs["id"]).replace("\0", ""), among=seen(request))
    if found is None:
        raise Http404
    return found


class ResellerViewSet(
    PublicLookup,
    Listing,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[Reseller],
):
    """Shops that sell from a float. A user who is one sees itself alone."""

    code_read, code_write = "resellers.reseller.view", "resellers.reseller.manage"
    http_method_names = ["get", "head", "options", "post", "patch"]
    serializer_class = ResellerSerializer
    queryset = selectors.resellers()
    search_fields = ("name", "phone")
    filter_fields = {"active": "active"}

    def get_queryset(self) -> QuerySet[Reseller]:
        return seen(self.request)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.reseller_create(**serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        services.reseller_update(reseller=serializer.instance, **serializer.validated_data)


class FloatView(APIView):
    """Cash from a reseller into the caller's drawer and the reseller's float."""

    code_write = "resellers.float.create"

    @extend_schema(request=FloatRequestSerializer, responses={201: FloatSerializer})
    @idempotent(required=True)
    def post(self, request: Request, **kwargs: Any) -> Response:
        reseller = named(request, kwargs)
        amount = filled(FloatRequestSerializer(data=request.data))["amount_micro"]
        done = services.float_top_up(reseller=reseller, amount_micro=amount)
        answer = {
            "transfer": str(done["transfer"]),
            "reseller": reseller.public_id,
            "amount_micro": amount,
            "currency": reseller.account.currency,
            "balance_micro": done["balance_micro"],
        }
        return Response(FloatSerializer(answer).data, status=CREATED)


class ResaleViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """What one reseller sold from its float."""

    code_read, code_write = "resellers.reseller.view", "resellers.sale.create"
    serializer_class = ResaleSerializer
    queryset = Resale.objects.none()
    search_fields = ("customer", "plan_name")

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.sales(named(self.request, self.kwargs)).select_related("reseller")

    @extend_schema(request=BuyerSerializer, responses={201: ResaleSerializer})
    @idempotent(required=True)
    def create(self, request: Request, **kwargs: Any) -> Response:
        reseller = named(request, kwargs)
        wanted = filled(BuyerSerializer(data=request.data))
        sale = services.resale_make(
            reseller=reseller, subscriber=buyer(wanted), plan=plan_of(wanted["plan"])
        )
        return Response(ResaleSerializer(sale).data, status=CREATED)


class VoucherResaleView(APIView):
    """Sell a printed voucher from one reseller's float."""

    code_write = "resellers.sale.create"

    @extend_schema(request=VoucherSaleRequestSerializer, responses={201: ResaleSerializer})
    @idempotent(required=True)
    def post(self, request: Request, **kwargs: Any) -> Response:
        reseller = named(request, kwargs)
        wanted = filled(VoucherSaleRequestSerializer(data=request.data))
        sale = services.voucher_resale_make(reseller=reseller, voucher=voucher_of(wanted))
        return Response(ResaleSerializer(sale).data, status=CREATED)


class FloatEntryViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """What came into one float and went out of it, newest first."""

    code_read = "resellers.reseller.view"
    serializer_class = EntrySerializer
    queryset = entries(account=0)

    def get_queryset(self) -> QuerySet[Any]:
        return entries(account=named(self.request, self.kwargs).account_id)
