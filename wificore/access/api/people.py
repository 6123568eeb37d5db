"""/api/v1/access/users/ and /roles/, on both hosts."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from .. import selectors, services
from ..models import Role, User
from ..services import Placement
from .rows import AccessViewSet
from .serializers import OperatorSerializer, RoleSerializer, UserSerializer


class UserViewSet(AccessViewSet):
    """Staff. Whoever writes needs every right that the person has, and that the person gets.

    DELETE removes a user who has done nothing yet; any other one is deactivated, and may be
    activated again. An inactive user's tokens and sign-ins are refused from that moment on.
    """

    code_read, code_write = "access.user.view", "access.user.manage"
    serializer_class: type[OperatorSerializer] = UserSerializer
    queryset = User.objects.none()
    search_fields = ("email", "name")
    filter_fields = {"is_active": "is_active"}
    order_fields = {"email": "email", "name": "name"}

    def get_queryset(self) -> QuerySet[User]:
        rows = selectors.users()
        email = self.request.query_params.get("email")
        return rows.filter(email=email.replace("\0", "").lower()) if email else rows

    @extend_schema(parameters=[OpenApiParameter("email", str, description="Exactly this one.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        fields = dict(serializer.validated_data)
        with transaction.atomic():
            user = services.user_create(
                email=fields["email"],
                password=fields.get("password"),
                name=fields.get("name", ""),
                phone=fields.get("phone", ""),
                placement=_placement(fields),
                by=self.by,
            )
            if fields.get("is_active") is False:
                services.user_update(user=user, is_active=False, by=self.by)
        serializer.instance = user

    def perform_update(self, serializer: Any) -> None:
        fields, user = dict(serializer.validated_data), serializer.instance
        password, placement = fields.pop("password", None), _placement(fields)
        named = {
            name: fields[name] for name in ("email", "name", "phone", "is_active") if name in fields
        }
        with transaction.atomic():
            services.user_update(user=user, placement=placement, by=self.by, **named)
            if password is not None:
                services.user_password_set(user=user, password=password, by=self.by)

    def perform_destroy(self, instance: User) -> None:
        services.user_remove(user=instance, by=self.by)


class OperatorViewSet(UserViewSet):
    """Operators of the platform."""

    serializer_class = OperatorSerializer


def _placement(fields: dict[str, Any]) -> Placement:
    """What the request says of where a user stands; nothing of what it does not name."""
    roles, sites = fields.get("roles"), fields.get("extra_sites")
    extra = fields.get("extra_departments")
    department = fields.get("primary_department")
    return Placement(
        roles=None if roles is None else [role.name for role in roles],
        primary_department=department.pk if department else None,
        clear_department="primary_department" in fields and department is None,
        extra_departments=None
        if extra is None
        else {row["department"].pk: row.get("receive_alerts", True) for row in extra},
        extra_sites=None if sites is None else [site.pk for site in sites],
    )


class RoleViewSet(AccessViewSet):
    """Roles: the built-in ones, and those that the organisation made itself."""

    code_read, code_write = "access.role.view", "access.role.manage"
    serializer_class = RoleSerializer
    queryset = Role.objects.none()
    search_fields = ("name", "title")
    order_fields = {"name": "name"}

    def get_queryset(self) -> QuerySet[Role]:
        return selectors.roles()

    def perform_create(self, serializer: Any) -> None:
        fields = {"title": "", **serializer.validated_data}
        serializer.instance = services.role_create(by=self.by, **fields)

    def perform_update(self, serializer: Any) -> None:
        fields = dict(serializer.validated_data)
        fields.pop("name", None)  # programs hold on to it
        services.role_update(role=serializer.instance, by=self.by, **fields)

    def perform_destroy(self, instance: Role) -> None:
        services.role_delete(role=instance, by=self.by)
