"""Shapes of the RADIUS API."""

from datetime import datetime
from typing import ClassVar

from django.core.validators import RegexValidator
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from radius import selectors
from radius.freeradius.clients import SECRET, SECRET_RULE
from radius.models import MAX_PASSWORD, Login, NasState, Plan, Session, Subscriber
from radius.registry.models import Nas
from wificore.kernel.api.ranges import RangeSerializer
from wificore.kernel.api.rows import MAX_ID, text

MIN_SECRET, MAX_SECRET = 6, 128
visible = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only.")


@extend_schema_field(text("Daily 5 Mbps", maxLength=80))
class PlanNameField(serializers.CharField):
    pass


@extend_schema_field(text("amina", maxLength=253))
class UsernameField(serializers.CharField):
    pass


@extend_schema_field(text("a-router-password", maxLength=MAX_PASSWORD))
class PasswordField(serializers.CharField):
    pass


@extend_schema_field(text("192.0.2.10"))
class AddressField(serializers.IPAddressField):
    pass


@extend_schema_field(text("a-long-secret", minLength=MIN_SECRET, maxLength=MAX_SECRET))
class SecretField(serializers.CharField):
    pass


class PlanSerializer(serializers.ModelSerializer[Plan]):
    name = PlanNameField(max_length=80, validators=[visible, UniqueValidator(Plan.objects.all())])

    class Meta:
        model = Plan
        fields = (
            "id",
            "name",
            "price_micro",
            "currency",
            "download_kbps",
            "upload_kbps",
            "session_timeout_s",
            "devices",
            "validity_s",
            "created_at",
        )


class SubscriberSerializer(serializers.ModelSerializer[Subscriber]):
    password = PasswordField(
        write_only=True,
        max_length=MAX_PASSWORD,
        trim_whitespace=False,
        validators=[visible],
        help_text="For the router login; never shown again.",
    )
    username = UsernameField(
        max_length=253,
        trim_whitespace=False,
        validators=[visible, UniqueValidator(Subscriber.objects.all())],
    )

    class Meta:
        model = Subscriber
        fields = (
            "id",
            "username",
            "password",
            "name",
            "phone",
            "plan",
            "status",
            "expires_at",
            "created_at",
        )
        extra_kwargs = {"plan": {"required": True}}


class NasSerializer(serializers.ModelSerializer[Nas]):
    address = AddressField(help_text="One IPv4 or IPv6 address, not a network.")
    secret = SecretField(
        write_only=True,
        min_length=MIN_SECRET,
        max_length=MAX_SECRET,
        trim_whitespace=False,
        validators=[RegexValidator(rf"\A{SECRET.pattern}\Z", SECRET_RULE.capitalize() + ".")],
        help_text="The RADIUS shared secret; never shown again.",
    )
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=64, validators=[], default=""
    )
    site = serializers.IntegerField(
        source="site_id",
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_ID,
        help_text="Where it stands; staff see the routers of their own sites.",
    )
    last_seen_at = serializers.SerializerMethodField(
        help_text="When its last packet came; null: none has yet."
    )
    silent_since = serializers.SerializerMethodField(
        help_text="Its last packet before it fell silent; null: it is not."
    )

    class Meta:
        model = Nas
        fields = (
            "id",
            "address",
            "name",
            "secret",
            "coa_port",
            "require_message_authenticator",
            "enabled",
            "site",
            "last_seen_at",
            "silent_since",
            "created_at",
        )

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def get_last_seen_at(self, nas: Nas) -> datetime | None:
        state = self._states.get(nas.pk)
        return state.last_seen_at if state else None

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def get_silent_since(self, nas: Nas) -> datetime | None:
        state = self._states.get(nas.pk)
        return state.silent_since if state else None

    @cached_property
    def _states(self) -> dict[int, NasState]:
        """One query for all rows of an answer."""
        return selectors.nas_states()


class SessionSerializer(serializers.ModelSerializer[Session]):
    id = serializers.SerializerMethodField()
    session_id = serializers.CharField(source="acctsessionid")
    nas_address = serializers.IPAddressField(source="nasipaddress")
    mac = serializers.CharField(source="callingstationid", allow_null=True)
    framed_ip = serializers.IPAddressField(source="framedipaddress", allow_null=True)
    started_at = serializers.DateTimeField(source="acctstarttime")
    updated_at = serializers.DateTimeField(source="acctupdatetime")
    stopped_at = serializers.DateTimeField(source="acctstoptime", allow_null=True)
    duration_s = serializers.IntegerField(source="acctsessiontime")
    input_octets = serializers.IntegerField(source="acctinputoctets")
    output_octets = serializers.IntegerField(source="acctoutputoctets")
    terminate_cause = serializers.CharField(source="acctterminatecause", allow_null=True)

    class Meta:
        model = Session
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "session_id",
            "username",
            "online",
            "nas_address",
            "mac",
            "ssid",
            "framed_ip",
            "started_at",
            "updated_at",
            "stopped_at",
            "duration_s",
            "input_octets",
            "output_octets",
            "terminate_cause",
        )

    @extend_schema_field(str)
    def get_id(self, session: Session) -> str:
        return selectors.session_public_id(session)


class LoginSerializer(serializers.ModelSerializer[Login]):
    id = serializers.SerializerMethodField()
    accepted = serializers.SerializerMethodField()
    nas_address = serializers.IPAddressField(source="nasipaddress", allow_null=True)
    mac = serializers.CharField(source="callingstationid", allow_null=True)
    at = serializers.DateTimeField(source="authdate")

    class Meta:
        model = Login
        fields = ("id", "username", "accepted", "reply", "reason", "nas_address", "mac", "at")

    @extend_schema_field(str)
    def get_id(self, login: Login) -> str:
        return selectors.login_public_id(login)

    @extend_schema_field(bool)
    def get_accepted(self, login: Login) -> bool:
        return login.reply == "Access-Accept"


class HistorySerializer(RangeSerializer):
    """Query parameters of lists over the packets' history."""

    username = serializers.CharField(required=False, max_length=253, validators=[visible])
