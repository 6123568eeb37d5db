"""Roles, and positions, which change what roles allow."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from wificore.kernel.admin import ServiceAdmin

from .. import services
from ..codes import CODES
from ..guard import writer
from ..models import (
    Assignment,
    Position,
    Role,
)
from .common import CodesField, codes_here, denials, grants


class RoleForm(forms.ModelForm[Role]):
    permissions = CodesField(codes_here)

    class Meta:
        model = Role
        fields = ("name", "title", "permissions")


class RoleAdmin(ServiceAdmin):
    """The organisation's own roles; the built-in ones are looked at."""

    form = RoleForm
    list_display = ("title", "name", "kind", "size")
    search_fields = ("title", "name")

    @display(description="kind", label={"built in": "info", "own": "success"})
    def kind(self, role: Role) -> str:
        return "built in" if role.built_in else "own"

    @display(description="allows")
    def size(self, role: Role) -> str:
        return f"{len(role.codes)} of {len(codes_here())}"

    @display(description="allows")
    def what(self, role: Role) -> str:
        return ", ".join(CODES[code].title for code in CODES if code in role.codes)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        known = ["name", "title"]
        return [*known, "what"] if obj and obj.built_in else [*known, "permissions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["what"] if obj and obj.built_in else ["name"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.built_in) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.built_in) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        chosen, by = form.cleaned_data, writer(request)
        if change:
            services.role_update(role=obj, permissions=chosen["permissions"], by=by)
        else:
            fields = {name: chosen[name] for name in ("name", "title", "permissions")}
            obj.pk = services.role_create(**fields, by=by).pk

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        services.role_delete(role=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Role]) -> None:
        for role in queryset:
            self.delete_model(request, role)


class PositionForm(forms.ModelForm[Position]):
    grants = CodesField(grants, help_text="What its holder may do besides the roles.")
    denials = CodesField(denials, help_text="What its holder may not do, whatever allows it.")

    class Meta:
        model = Position
        fields = ("department", "title", "is_head", "grants", "denials", "limits", "scope")


class PositionAdmin(ServiceAdmin):
    form = PositionForm
    list_display = ("title", "department", "is_head", "granted", "denied", "sees")
    list_filter = ("department",)
    list_select_related = ("department",)
    search_fields = ("title", "department__name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        known = any(permission.limit for permission in CODES.values())
        fields = super().get_fields(request, obj)
        return [name for name in fields if known or name != "limits"]

    @display(description="grants")
    def granted(self, position: Position) -> str:
        return _shortened(position.grants)

    @display(description="denies")
    def denied(self, position: Position) -> str:
        return _shortened(position.denials)

    @display(description="sees", label={"every site": "warning", "own sites": "info"})
    def sees(self, position: Position) -> str:
        return "every site" if position.scope == "tenant" else "own sites"

    def save_model(self, request: HttpRequest, obj: Position, form: Any, change: bool) -> None:
        obj.limits = obj.limits or {}
        services.position_save(position=obj, by=writer(request))

    def delete_model(self, request: HttpRequest, obj: Position) -> None:
        services.position_delete(position=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Position]) -> None:
        for position in queryset:
            self.delete_model(request, position)


def _shortened(codes: list[str], most: int = 2) -> str:
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(codes[:most]) + more


class AssignmentAdmin(ServiceAdmin):
    """Deleting ends it: its last day is yesterday, and one that has not begun is removed."""

    list_display = ("user", "position", "starts_on", "ends_on")
    list_filter = ("position",)
    list_select_related = ("user", "position")
    search_fields = ("user__email", "user__name", "position__title")
    fields = ("user", "position", "starts_on", "ends_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", "position", "starts_on") if obj else ()

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        by = writer(request)
        if change:
            services.assignment_update(assignment=obj, ends_on=obj.ends_on, by=by)
        else:
            obj.pk = services.assignment_create(**form.cleaned_data, by=by).pk

    def delete_model(self, request: HttpRequest, obj: Assignment) -> None:
        services.assignment_end(assignment=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Assignment]) -> None:
        for assignment in queryset:
            self.delete_model(request, assignment)
