"""/api/v1/bundles/: water and WiFi together."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transactions.tills.api.serializers import SaleSerializer
from transactions.tills.models import Pay
from transactions.wallets.api.fields import AmountField, filled
from transactions.wallets.buyers import plan_of
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import MAX_ID, PublicLookup
from wificore.kernel.public_ids import is_public_id

from .. import services
from ..models import Bundle, BundleGrant, BundleKind
from .serializers import IdField, NameField
from .views import wallet_or_404

MOST_ML = 1_000_000_000


class BundleFieldsSerializer(serializers.Serializer[Any]):
    """What may be changed of a bundle."""

    name = NameField(max_length=80)
    ml = serializers.IntegerField(
        min_value=1, max_value=MOST_ML, help_text="Water that earns it, or is bought with it."
    )
    plan = serializers.IntegerField(min_value=1, max_value=MAX_ID, help_text="What it opens.")
    price_micro = AmountField(required=False, help_text="Of a bought one, for both.")
    wifi_micro = AmountField(
        required=False, help_text="WiFi's part: of the price, or of what the water earned."
    )
    active = serializers.BooleanField(required=False)


class NewBundleSerializer(BundleFieldsSerializer):
    kind = serializers.ChoiceField(choices=BundleKind.choices)


class BundleSerializer(serializers.ModelSerializer[Bundle]):
    id = serializers.CharField(source="public_id")
    plan = serializers.IntegerField(source="plan_id")
    plan_name = serializers.CharField(source="plan.name")
    water_micro = serializers.SerializerMethodField(
        help_text="Of a bought one: what of its price goes into the wallet, for water."
    )

    class Meta:
        model = Bundle
        fields = (
            "id",
            "name",
            "kind",
            "ml",
            "plan",
            "plan_name",
            "price_micro",
            "wifi_micro",
            "water_micro",
            "active",
            "created_at",
        )

    def get_water_micro(self, bundle: Bundle) -> int:
        return bundle.price_micro - bundle.wifi_micro if bundle.price_micro else 0


class BundleSaleRequestSerializer(serializers.Serializer[Any]):
    wallet = IdField(help_text="The wallet's id: water's part goes into it.")
    pay = serializers.ChoiceField(choices=Pay.choices)


class GrantSerializer(serializers.ModelSerializer[BundleGrant]):
    id = serializers.CharField(source="public_id")
    bundle = serializers.CharField(source="bundle.public_id")
    wallet = serializers.CharField(source="wallet.public_id")
    customer = serializers.CharField(source="wallet.subscriber.name")
    kiosk = serializers.CharField(source="kiosk.public_id", allow_null=True, default=None)
    sale = serializers.CharField(source="sale.public_id", allow_null=True, default=None)

    class Meta:
        model = BundleGrant
        fields = (
            "id",
            "bundle",
            "wallet",
            "customer",
            "kiosk",
            "epoch",
            "seq",
            "sale",
            "times",
            "wifi_micro",
            "valid_until",
            "created_at",
        )


class BundleViewSet(
    PublicLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Bundle],
):
    """Offers, newest first."""

    code_read, code_write = "water.bundle.view", "water.bundle.manage"
    serializer_class = BundleSerializer
    queryset = Bundle.objects.select_related("plan")
    search_fields = ("name",)
    filter_fields = {"kind": "kind", "active": "active"}

    @extend_schema(request=NewBundleSerializer, responses={201: BundleSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        wanted = filled(NewBundleSerializer(data=request.data))
        wanted["plan"] = plan_of(wanted["plan"])
        made = services.bundle_save(bundle=Bundle(**wanted))
        return Response(BundleSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=BundleFieldsSerializer(partial=True), responses=BundleSerializer)
    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        bundle: Bundle = self.get_object()
        wanted = filled(BundleFieldsSerializer(data=request.data, partial=True))
        if "plan" in wanted:
            wanted["plan"] = plan_of(wanted["plan"])
        for name, value in wanted.items():
            setattr(bundle, name, value)
        return Response(BundleSerializer(services.bundle_save(bundle=bundle)).data)


class BundleSaleView(APIView):
    """Sell one at the caller's till."""

    code_write = "tills.sale.create"

    @extend_schema(request=BundleSaleRequestSerializer, responses={201: SaleSerializer})
    @idempotent(required=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's word
        bundle = bundle_or_404(id)
        wanted = filled(BundleSaleRequestSerializer(data=request.data))
        wallet = wallet_or_404(wanted["wallet"])
        sale = services.bundle_sell(bundle=bundle, wallet=wallet, pay=wanted["pay"])
        return Response(SaleSerializer(sale).data, status=status.HTTP_201_CREATED)


class GrantViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """Who got WiFi by one bundle, newest first."""

    code_read = "water.bundle.view"
    serializer_class = GrantSerializer
    queryset = BundleGrant.objects.select_related("bundle", "wallet__subscriber", "kiosk", "sale")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(bundle=bundle_or_404(str(self.kwargs["id"])))


def bundle_or_404(name: str) -> Bundle:
    rows = Bundle.objects.select_related("plan")
    found = rows.filter(public_id=name).first() if is_public_id(name) else None
    if found is None:
        raise Http404
    return found
