"""Shapes of users, roles and the organisation."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wificore.files.selectors import avatar_urls, logo_url
from wificore.kernel.api.listing import EXPORT
from wificore.kernel.api.rows import text
from wificore.kernel.phones import normalised

from ..models import (
    AlertRoute,
    Assignment,
    Department,
    ExtraDepartment,
    Position,
    Role,
    Settings,
    Site,
    User,
)
from ..models.organisation import Severity

MAX_CODE, MAX_CODES = 80, 500
MAX_AMOUNT = 2**63 - 1


@extend_schema_field(text("amina@example.net", maxLength=254))
class AddressField(serializers.EmailField):
    pass


@extend_schema_field(text("night-shift", maxLength=40))
class RoleNameField(serializers.CharField):
    pass


@extend_schema_field(text("North tower", maxLength=80))
class NameField(serializers.CharField):
    pass


@extend_schema_field(text("Africa/Nairobi", maxLength=50))
class ZoneField(serializers.CharField):
    pass


@extend_schema_field(text("#1f8f8b", maxLength=7))
class ColourField(serializers.CharField):
    pass


@extend_schema_field(text("session.*", maxLength=64))
class EventTypeField(serializers.CharField):
    pass


@extend_schema_field(text("2026-11-21", format="date"))
class DayField(serializers.DateField):
    pass


def codes(**options: Any) -> serializers.ListField:
    child = serializers.CharField(max_length=MAX_CODE)
    return serializers.ListField(child=child, max_length=MAX_CODES, **options)


class NewPasswordField(serializers.CharField):
    """Checked like every other new password; never shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, write_only=True, **options)

    def to_internal_value(self, data: Any) -> str:
        password = str(super().to_internal_value(data))
        try:
            validate_password(password)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None
        return password


@extend_schema_field(text("+254712345678", maxLength=30))
class PhoneField(serializers.CharField):
    """Typed as people write it, kept in E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, allow_blank=True, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return normalised(str(super().to_internal_value(data)))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None


class OperatorSerializer(serializers.ModelSerializer[User]):
    """A user of the platform."""

    email = AddressField(max_length=254)
    roles = serializers.SlugRelatedField(
        slug_field="name", many=True, queryset=Role.objects.all(), required=False
    )
    phone = PhoneField(required=False, help_text="For text messages.")
    password = NewPasswordField(
        required=False, help_text="Without one the user cannot sign in by password."
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "email",
            "name",
            "phone",
            "password",
            "roles",
            "is_active",
            "last_login",
            "date_joined",
        )
        read_only_fields = ("last_login", "date_joined")


class ExtraDepartmentSerializer(serializers.ModelSerializer[ExtraDepartment]):
    class Meta:
        model = ExtraDepartment
        fields = ("department", "receive_alerts")


class UserSerializer(OperatorSerializer):
    """A tenant's staff member, and where it stands."""

    extra_departments = ExtraDepartmentSerializer(many=True, required=False)
    avatar = serializers.SerializerMethodField(help_text="Where the picture is, for a day.")

    class Meta(OperatorSerializer.Meta):
        fields = (
            *OperatorSerializer.Meta.fields,
            "primary_department",
            "extra_departments",
            "extra_sites",
            "avatar",
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_avatar(self, user: User) -> str | None:
        return self._avatars.get(user.pk)

    @cached_property
    def _avatars(self) -> dict[int, str]:
        """One query for all rows of an answer; none for a file, in which addresses expire."""
        if EXPORT in getattr(self.context.get("request"), "query_params", {}):
            return {}
        rows: Any = self.parent.instance if self.parent else [self.instance]
        return avatar_urls([row.pk for row in rows or ()])


class RoleSerializer(serializers.ModelSerializer[Role]):
    """`permissions` of a built-in role are the release's and cannot be changed."""

    name = RoleNameField(max_length=40, help_text="How programs name it; it never changes.")
    title = NameField(max_length=80, required=False, help_text="What people see.")
    permissions = codes(required=False)

    class Meta:
        model = Role
        fields = ("id", "name", "title", "permissions", "built_in")

    def to_representation(self, instance: Role) -> dict[str, Any]:
        return {**super().to_representation(instance), "permissions": sorted(instance.codes)}


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    name = NameField(max_length=80)
    sites = serializers.PrimaryKeyRelatedField(
        many=True,
        queryset=Site.objects.all(),
        required=False,
        help_text="The scope that its members get.",
    )

    class Meta:
        model = Department
        fields = ("id", "name", "parent", "sites", "active")


class PositionSerializer(serializers.ModelSerializer[Position]):
    title = NameField(max_length=80)
    grants = codes(required=False, help_text="Exact codes, none of them protected.")
    denials = codes(required=False, help_text="Codes, or a beginning and .*")
    limits = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_AMOUNT),
        required=False,
        help_text="Highest amounts in micro-units by the limit's name.",
    )

    class Meta:
        model = Position
        fields = (
            "id",
            "department",
            "title",
            "is_head",
            "grants",
            "denials",
            "limits",
            "scope",
        )


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """From `starts_on` to `ends_on`, both included; afterwards only the end can change."""

    starts_on = DayField()

    class Meta:
        model = Assignment
        fields = ("id", "user", "position", "starts_on", "ends_on")


class AssignmentChangeSerializer(serializers.Serializer[Any]):
    ends_on = serializers.DateField(allow_null=True)


class SeverityField(serializers.ChoiceField):
    """By name outside, by number inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[level.label for level in Severity], **options)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        name = super().to_internal_value(data)
        return next(level.value for level in Severity if level.label == name)

    def to_representation(self, value: Any) -> str:
        return str(Severity(value).label)


class AlertRouteSerializer(serializers.ModelSerializer[AlertRoute]):
    event_type = EventTypeField(max_length=64, help_text="An event's name, or a beginning and .*")
    min_severity = SeverityField(required=False)

    class Meta:
        model = AlertRoute
        fields = ("id", "event_type", "min_severity", "site", "departments")


class SiteSerializer(serializers.ModelSerializer[Site]):
    name = NameField(max_length=80)
    zone = ZoneField(max_length=50, help_text="The time zone of its days.")

    class Meta:
        model = Site
        fields = ("id", "name", "zone", "active")


class SettingsSerializer(serializers.ModelSerializer[Settings]):
    zone = ZoneField(max_length=50, help_text="In which days, also of positions, begin and end.")
    colour = ColourField(
        required=False, allow_blank=True, max_length=7, help_text="#rrggbb; empty: the platform's."
    )
    logo = serializers.SerializerMethodField(help_text="Where the logo is, for a day or two.")

    class Meta:
        model = Settings
        fields = ("zone", "colour", "logo")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_logo(self, _settings: Settings) -> str | None:
        return logo_url()
