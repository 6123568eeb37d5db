"""/api/v1/notifications/mail/ and /sms/: the tenant's own ways out, and what went out by them."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.access.api.serializers import PhoneField
from wificore.kernel.api.rows import ReadRowViewSet

from .. import selectors, services
from ..mail.server import mail_settings
from ..models import Channel, Delivery, DeliveryState, MailSecurity, MailSettings, SmsSettings
from ..probes import mail_probe, sms_probe
from ..sms.providers import PROVIDERS
from ..sms.sending import sms_settings
from .inbox import own_id

VIEW, MANAGE = "notifications.channel.view", "notifications.channel.manage"


class SecretField(serializers.CharField):
    """Goes in and never comes out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            write_only=True,
            required=False,
            allow_blank=True,
            max_length=500,
            trim_whitespace=False,
            **options,
        )


class MailSettingsSerializer(serializers.ModelSerializer[MailSettings]):
    """The mail server; while it is not enabled, the platform's sends."""

    security = serializers.ChoiceField(choices=MailSecurity.choices, required=False)
    password = SecretField(help_text="Absent: as it is. Empty: none.")
    has_password = serializers.BooleanField(read_only=True)

    class Meta:
        model = MailSettings
        fields = (
            "enabled", "host", "port", "security", "username", "password", "has_password",
            "from_address", "from_name", "updated_at",
        )  # fmt: skip
        read_only_fields = ("updated_at",)


class SmsSettingsSerializer(serializers.ModelSerializer[SmsSettings]):
    """The SMS account."""

    provider = serializers.ChoiceField(choices=sorted(PROVIDERS), required=False)
    api_key = SecretField(help_text="Absent: as it is. Empty: none.")
    has_api_key = serializers.BooleanField(read_only=True)
    sent_today = serializers.SerializerMethodField(help_text="Texts of this UTC day.")

    class Meta:
        model = SmsSettings
        fields = (
            "enabled", "provider", "username", "api_key", "has_api_key", "base_url", "sender_id",
            "daily_limit", "sent_today", "updated_at",
        )  # fmt: skip
        read_only_fields = ("updated_at",)

    def get_sent_today(self, _row: SmsSettings) -> int:
        return selectors.sms_sent_today()


@extend_schema_serializer(component_name="SendOutcome")  # sign-in providers have one too
class SendingTestSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    message = serializers.CharField()
    field = serializers.CharField(help_text="The setting at fault; empty: none in particular.")


class MailTestSerializer(serializers.Serializer[Any]):
    to = serializers.EmailField(required=False, help_text="Default: your own address.")


class SmsTestSerializer(serializers.Serializer[Any]):
    to = PhoneField(required=False, help_text="Default: your own number.")


class MailSettingsView(APIView):
    """The organisation's own mail server."""

    code_read, code_write = VIEW, MANAGE

    @extend_schema(responses=MailSettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(MailSettingsSerializer(mail_settings()).data)

    @extend_schema(request=MailSettingsSerializer, responses=MailSettingsSerializer)
    def patch(self, request: Request) -> Response:
        row = mail_settings()
        form = MailSettingsSerializer(row, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        password = fields.pop("password", None)
        for name, value in fields.items():
            setattr(row, name, value)
        services.mail_settings_save(row=row, password=password)
        return Response(MailSettingsSerializer(row).data)


class SmsSettingsView(APIView):
    """The organisation's own SMS account."""

    code_read, code_write = VIEW, MANAGE

    @extend_schema(responses=SmsSettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(SmsSettingsSerializer(sms_settings()).data)

    @extend_schema(request=SmsSettingsSerializer, responses=SmsSettingsSerializer)
    def patch(self, request: Request) -> Response:
        row = sms_settings()
        form = SmsSettingsSerializer(row, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        api_key = fields.pop("api_key", None)
        for name, value in fields.items():
            setattr(row, name, value)
        services.sms_settings_save(row=row, api_key=api_key)
        return Response(SmsSettingsSerializer(row).data)


class MailTestView(APIView):
    """Send one mail through the organisation's server, and tell what happens."""

    code_write = MANAGE

    @extend_schema(request=MailTestSerializer, responses=SendingTestSerializer)
    def post(self, request: Request) -> Response:
        form = MailTestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        to = form.validated_data.get("to") or request.user.email  # type: ignore[union-attr]
        return Response(SendingTestSerializer(mail_probe(to=to, language=_language(request))).data)


class SmsTestView(APIView):
    """Send one text through the organisation's account, and tell what happens."""

    code_write = MANAGE

    @extend_schema(request=SmsTestSerializer, responses=SendingTestSerializer)
    def post(self, request: Request) -> Response:
        form = SmsTestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        to = form.validated_data.get("to") or getattr(request.user, "phone", "")
        if not to:
            raise serializers.ValidationError({"to": ["You have no number: give one."]})
        return Response(SendingTestSerializer(sms_probe(to=to, language=_language(request))).data)


def _language(request: Request) -> str:
    key = own_id(request)
    return selectors.preferences([key])[key].language if key else "en"


class ReportUrlSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="To register at the provider. It is not shown again.")


class ReportUrlView(APIView):
    """A new URL for the provider's delivery reports; the one before is worth nothing."""

    code_write = MANAGE

    @extend_schema(request=None, responses=ReportUrlSerializer)
    def post(self, request: Request) -> Response:
        path = f"/api/v1/notifications/sms/reports/{services.sms_report_token_new()}/"
        return Response({"url": request.build_absolute_uri(path)})


class ReportView(APIView):
    """The provider tells what became of a text; the secret in the path is its only credential."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (FormParser,)
    code_write = None

    @extend_schema(exclude=True)
    def post(self, request: Request, token: str) -> Response:
        if not selectors.is_report_token(token):
            raise Http404
        form = {name: str(value) for name, value in cast(QueryDict, request.data).items()}
        report = PROVIDERS[sms_settings().provider].report(form)
        if report is not None:
            services.delivery_reported(report=report)
        return Response({"status": "taken"})


@extend_schema_serializer(component_name="SentMessage")  # webhooks have deliveries too
class SentSerializer(serializers.ModelSerializer[Delivery]):
    """What went out, but not what it said: that is for the person alone."""

    kind = serializers.CharField(source="notification.event_type")
    user = serializers.IntegerField(source="notification.user_id")

    class Meta:
        model = Delivery
        fields = (
            "id", "kind", "user", "channel", "address", "state", "attempts", "due_at", "sent_at",
            "error", "created_at",
        )  # fmt: skip


class DeliveryFilterSerializer(serializers.Serializer[Any]):
    """Query parameters of the list."""

    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    state = serializers.ChoiceField(choices=DeliveryState.choices, required=False)


class DeliveryViewSet(ReadRowViewSet):
    """Mails and texts on their way or gone, newest first; kept for 90 days."""

    code_read = "notifications.delivery.view"
    serializer_class = SentSerializer
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        form = DeliveryFilterSerializer(data=self.request.query_params)
        form.is_valid(raise_exception=True)
        return selectors.deliveries().filter(**form.validated_data)

    @extend_schema(parameters=[DeliveryFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)
