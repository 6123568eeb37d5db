"""/api/v1/notifications/preferences/: how one wants to be told."""

from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.access.api.serializers import PhoneField, SeverityField
from wificore.access.models import User
from wificore.access.services import user_phone_set

from .. import selectors, services
from ..models import LANGUAGES, Channel, Preference
from .inbox import MANAGE, VIEW, own_id


class LeastField(SeverityField):
    """The lowest severity that goes this way; null: none does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, required=False, **options)


class PreferenceSerializer(serializers.ModelSerializer[Preference]):
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    email_from = LeastField(help_text="Mail for this severity and above; null: no mail.")
    sms_from = LeastField(help_text="Texts for this severity and above; null: no texts.")
    kinds = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices)),
        required=False,
        help_text="Channels by kind, instead of what the severity says: nas.silent, job.*",
    )
    quiet_from = serializers.TimeField(required=False, allow_null=True, format="%H:%M")
    quiet_until = serializers.TimeField(required=False, allow_null=True, format="%H:%M")
    phone = PhoneField(required=False, help_text="Your number for texts.", source="user_phone")

    class Meta:
        model = Preference
        fields = (
            "language", "phone", "email_from", "sms_from", "kinds", "quiet_from", "quiet_until",
            "urgent",
        )  # fmt: skip

    def to_representation(self, instance: Preference) -> dict[str, Any]:
        instance.user_phone = self.context["user"].phone  # type: ignore[attr-defined]
        return super().to_representation(instance)


class PreferencesView(APIView):
    """Your language, your channels and your quiet hours (in the organisation's time zone)."""

    code_read, code_write = VIEW, MANAGE

    @extend_schema(responses=PreferenceSerializer)
    def get(self, request: Request) -> Response:
        user = _user(request)
        row = selectors.preferences([user.pk])[user.pk]
        return Response(PreferenceSerializer(row, context={"user": user}).data)

    @extend_schema(request=PreferenceSerializer, responses=PreferenceSerializer)
    def patch(self, request: Request) -> Response:
        user = _user(request)
        row = selectors.preferences([user.pk])[user.pk]
        form = PreferenceSerializer(row, data=request.data, partial=True, context={"user": user})
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        phone = fields.pop("user_phone", None)
        for name, value in fields.items():
            setattr(row, name, value)
        services.preference_save(preference=row)
        if phone is not None and phone != user.phone:
            user_phone_set(user=user, phone=phone)
        return Response(PreferenceSerializer(row, context={"user": user}).data)


def _user(request: Request) -> User:
    """A support session has no preferences; raises Http404."""
    if own_id(request) is None:
        raise Http404
    return cast(User, request.user)
