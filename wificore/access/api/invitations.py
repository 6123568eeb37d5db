"""/api/v1/access/invitations/: who is invited; and the one door for those who are not users yet."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from wificore.kernel.throttle import source_of, too_many

from .. import services
from ..checks import token_of
from ..models import Invitation, User
from ..services import Page, Placement

TRIES_A_MINUTE = 30


class InvitedExtraDepartmentSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField(min_value=1)
    receive_alerts = serializers.BooleanField(default=True)


class NewInvitationSerializer(serializers.Serializer[Any]):
    """Where the new user will stand, as in `access/users/`."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    roles = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=20, help_text="Names of roles."
    )
    primary_department = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    extra_departments = InvitedExtraDepartmentSerializer(many=True, required=False)
    extra_sites = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=500
    )

    def placement(self) -> Placement:
        given = self.validated_data
        extra = given.get("extra_departments")
        return Placement(
            roles=given["roles"],
            primary_department=given.get("primary_department"),
            extra_departments=None
            if extra is None
            else {row["department"]: row["receive_alerts"] for row in extra},
            extra_sites=given.get("extra_sites"),
        )


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An open invitation; `sent_at` is null until a mail has left."""

    id = serializers.CharField(source="public_id")
    roles = serializers.ListField(child=serializers.CharField())
    primary_department = serializers.IntegerField(
        source="placement.primary_department", allow_null=True
    )
    inviter = serializers.CharField(source="inviter.email")

    class Meta:
        model = Invitation
        fields = (
            "id",
            "email",
            "name",
            "roles",
            "primary_department",
            "inviter",
            "created_at",
            "sent_at",
            "expires_at",
        )


class InvitationViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Invitation],
):
    """Open invitations, newest first; deleting one revokes it."""

    code_read, code_write = "access.user.view", "access.user.manage"
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    keyset = ("created_at", "public_id")

    def get_queryset(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related("inviter")

    @extend_schema(request=NewInvitationSerializer, responses={201: InvitationSerializer})
    def create(self, request: Request) -> Response:
        """Invite an address: a mail with a link follows, which works once and for a week."""
        form = NewInvitationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        invitation = services.invitation_create(
            email=form.validated_data["email"],
            name=form.validated_data.get("name", ""),
            placement=form.placement(),
            inviter=cast(User, request.user),
            token=token_of(request),
            page=_page(request),
        )
        return Response(InvitationSerializer(invitation).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=InvitationSerializer)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, id: str) -> Response:  # noqa: A002  # the URL's name
        """Another mail and another week; the links of earlier mails are dead."""
        invitation = services.invitation_resend(invitation=self.get_object(), page=_page(request))
        return Response(InvitationSerializer(invitation).data)

    def perform_destroy(self, instance: Invitation) -> None:
        services.invitation_revoke(invitation=instance)


def _page(request: Request) -> Page:
    """The host was checked by the tenant's middleware: it is one of the tenant's own."""
    tenant = getattr(request, "tenant", None)
    origin = request.build_absolute_uri("/").rstrip("/")
    return Page(origin, tenant.name if tenant else "WifiCore platform")


class AcceptThrottle(BaseThrottle):
    """Tries of one address in one schema; a token cannot be guessed, passwords cost time."""

    def allow_request(self, request: Request, view: Any) -> bool:
        return not too_many("invitation", source_of(request), most=TRIES_A_MINUTE, seconds=60)


class AcceptInvitationSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200, help_text="From the link in the mail.")
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)


class AcceptedInvitationSerializer(serializers.ModelSerializer[User]):
    id = serializers.CharField(source="pk")

    class Meta:
        model = User
        fields = ("id", "email", "name")


class AcceptView(APIView):
    """For strangers who were invited."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AcceptThrottle,)

    @extend_schema(
        request=AcceptInvitationSerializer, responses={201: AcceptedInvitationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Become a user, with a password of one's own choice; then sign in."""
        form = AcceptInvitationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.invitation_accept(**form.validated_data)
        return Response(AcceptedInvitationSerializer(user).data, status=status.HTTP_201_CREATED)
