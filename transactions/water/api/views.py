"""/api/v1/{tariffs,kiosks,tags}/: thin views over services and selectors."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from transactions.wallets.api.fields import filled
from transactions.wallets.models import Wallet
from transactions.wallets.selectors import by_id as wallet_by_id
from wificore.access.api.rows import SiteScope
from wificore.access.selectors import sites
from wificore.kernel.api.idempotency import idempotent
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import PublicLookup
from wificore.kernel.public_ids import is_public_id

from .. import selectors, services
from ..models import Kiosk, KioskKey, Tag, Tariff, TariffVersion
from .serializers import (
    KeyShownSerializer,
    KioskChangeSerializer,
    KioskKeySerializer,
    KioskSerializer,
    NewKioskSerializer,
    NewKioskShownSerializer,
    NewTagSerializer,
    NewTariffSerializer,
    NewVersionSerializer,
    TagChangeSerializer,
    TagSerializer,
    TariffSerializer,
    VersionSerializer,
    WholeKioskSerializer,
)

CREATED = status.HTTP_201_CREATED
NO_STORE = {"Cache-Control": "no-store"}


class Rows(
    PublicLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Any],
):
    """Rows that the API knows by their public id, newest first."""


class TariffViewSet(Rows):
    """What water costs."""

    code_read, code_write = "water.tariff.view", "water.tariff.manage"
    serializer_class = TariffSerializer
    queryset = selectors.tariffs()
    search_fields = ("name",)
    exports = False

    @extend_schema(request=NewTariffSerializer, responses={201: TariffSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        wanted = filled(NewTariffSerializer(data=request.data))
        del wanted["currency"]  # the tenant's own: the field takes no other
        tariff = services.tariff_create(**wanted)
        return Response(TariffSerializer(tariff).data, status=CREATED)


class VersionViewSet(Listing, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """The prices of one tariff; none is ever changed."""

    code_read, code_write = "water.tariff.view", "water.tariff.manage"
    serializer_class = VersionSerializer
    queryset = TariffVersion.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        return TariffVersion.objects.filter(tariff=self._tariff())

    @extend_schema(request=NewVersionSerializer, responses={201: VersionSerializer})
    @idempotent()
    def create(self, request: Request, **_kwargs: Any) -> Response:
        wanted = filled(NewVersionSerializer(data=request.data))
        version = services.version_add(tariff=self._tariff(), **wanted)
        return Response(VersionSerializer(version).data, status=CREATED)

    def _tariff(self) -> Tariff:
        return tariff_or_404(str(self.kwargs["id"]))


class KioskViewSet(SiteScope, Rows):
    """Kiosks at the user's sites; one is shown with what is missing of its records."""

    code_read, code_write = "water.kiosk.view", "water.kiosk.manage"
    serializer_class = WholeKioskSerializer
    queryset = selectors.kiosks().prefetch_related(selectors.signals_open())
    search_fields = ("name", "public_id", "site__name")
    filter_fields = {"site": "site_id", "state": "state", "tariff": "tariff__public_id"}

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return KioskSerializer if self.action == "list" else WholeKioskSerializer

    @extend_schema(request=NewKioskSerializer, responses={201: NewKioskShownSerializer})
    def create(self, request: Request) -> Response:
        """A kiosk and its first key, which is shown this once."""
        wanted = filled(NewKioskSerializer(data=request.data))
        wanted["tariff"] = tariff_or_404(wanted["tariff"])
        self._check_site(wanted["site"])
        made = services.kiosk_create(**wanted)
        shown = WholeKioskSerializer(selectors.kiosks().get(pk=made.kiosk.pk)).data
        key = {"key_id": made.key_id, "key": made.key}
        return Response({**shown, **key}, status=CREATED, headers=NO_STORE)

    @extend_schema(request=KioskChangeSerializer, responses=WholeKioskSerializer)
    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        kiosk: Kiosk = self.get_object()
        wanted = filled(KioskChangeSerializer(data=request.data))
        if "site" in wanted:
            self._check_site(wanted["site"])
            wanted["site_id"] = wanted.pop("site")
        services.kiosk_change(kiosk=kiosk, **wanted)
        return Response(WholeKioskSerializer(selectors.kiosks().get(pk=kiosk.pk)).data)

    def _check_site(self, site: int) -> None:
        """404: there is no such site, or it is not among the user's."""
        subject = self.request.user.subject()
        if not sites(subject).filter(pk=site).exists():
            raise Http404
        self.check_site(site)


class KeyViewSet(SiteScope, viewsets.GenericViewSet[Any]):
    """The keys of one kiosk: two may be live, so that it can be given another."""

    code_read, code_write = "water.kiosk.view", "water.kiosk.key"
    serializer_class = KioskKeySerializer
    queryset = selectors.kiosks()

    @extend_schema(responses=KioskKeySerializer(many=True))
    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = KioskKey.objects.filter(kiosk=self._kiosk()).order_by("-pk")
        shown = KioskKeySerializer(rows, many=True).data
        return Response({"next": None, "previous": None, "results": shown})

    @extend_schema(request=None, responses={201: KeyShownSerializer})
    def create(self, request: Request, **_kwargs: Any) -> Response:
        """Another key, shown this once; 409 when two are live."""
        made = services.key_add(kiosk=self._kiosk())
        shown = {"key_id": made.key_id, "key": made.key}
        return Response(shown, status=CREATED, headers=NO_STORE)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key_id: str, **_kwargs: Any) -> Response:
        """The key is dead at once."""
        if not services.key_revoke(kiosk=self._kiosk(), key_id=key_id.replace("\0", "")):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _kiosk(self) -> Kiosk:
        name = str(self.kwargs["id"])
        rows = self.get_queryset()
        kiosk: Kiosk | None = rows.filter(public_id=name).first() if is_public_id(name) else None
        if kiosk is None:
            raise Http404
        return kiosk


class TagViewSet(Rows):
    """Tags: whose wallet pays. Their numbers are known to nobody."""

    code_read, code_write = "water.tag.view", "water.tag.manage"
    serializer_class = TagSerializer
    queryset = selectors.tags()
    search_fields = ("label", "wallet__account_no", "wallet__subscriber__name")
    filter_fields = {"wallet": "wallet__public_id", "state": "state"}

    @extend_schema(request=NewTagSerializer, responses={201: TagSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        wanted = filled(NewTagSerializer(data=request.data))
        wanted["wallet"] = wallet_or_404(wanted["wallet"])
        return Response(TagSerializer(services.tag_bind(**wanted)).data, status=CREATED)

    @extend_schema(request=TagChangeSerializer, responses=TagSerializer)
    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        tag: Tag = self.get_object()
        wanted = filled(TagChangeSerializer(data=request.data))
        if "wallet" in wanted:
            wanted["wallet"] = wallet_or_404(wanted["wallet"])
        return Response(TagSerializer(services.tag_change(tag=tag, **wanted)).data)


def wallet_or_404(name: str) -> Wallet:
    wallet = wallet_by_id(name)
    if wallet is None:
        raise Http404
    return wallet


def tariff_or_404(name: str) -> Tariff:
    found = selectors.tariffs().filter(public_id=name).first() if is_public_id(name) else None
    if found is None:
        raise Http404
    return found
