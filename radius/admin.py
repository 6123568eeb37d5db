"""RADIUS in the tenant's admin: plans, subscribers, routers, live sessions, logins."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from wificore.access.admin_pages import SiteScopeAdmin, SiteScopeForm
from wificore.kernel.admin import ReadOnlyAdmin, ServiceAdmin, TimeRangeFilter

from . import selectors, services
from .freeradius.clients import SECRET, SECRET_RULE
from .models import Login, Plan, Session, Subscriber, SubscriberStatus
from .registry.models import Nas


class PlanAdmin(ServiceAdmin):
    list_display = ("name", "price", "download_kbps", "upload_kbps", "session_timeout_s", "devices")
    search_fields = ("name",)

    @display(description="price")
    def price(self, plan: Plan) -> str:
        return f"{plan.currency} {plan.price_micro / 1_000_000:,.2f}"

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        services.plan_update(plan=obj)

    def delete_model(self, request: HttpRequest, obj: Plan) -> None:
        services.plan_delete(plan=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> None:
        for plan in queryset:
            services.plan_delete(plan=plan)


class SubscriberForm(forms.ModelForm[Subscriber]):
    password = forms.CharField(
        required=False,
        max_length=128,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="For the router login. Leave empty to keep the present one.",
    )

    class Meta:
        model = Subscriber
        fields = ("username", "password", "name", "phone", "plan", "status", "expires_at")

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not password and self.instance.pk is None:
            raise forms.ValidationError("A new subscriber needs a password.")
        return password


class SubscriberAdmin(ServiceAdmin):
    form = SubscriberForm
    list_display = ("username", "name", "phone", "plan", "state", "expires_at")
    list_filter = ("status", "plan")
    list_select_related = ("plan",)
    search_fields = ("username", "name", "phone")

    @display(
        description="status",
        label={SubscriberStatus.ACTIVE: "success", SubscriberStatus.SUSPENDED: "danger"},
    )
    def state(self, subscriber: Subscriber) -> str:
        return subscriber.status

    def save_model(self, request: HttpRequest, obj: Subscriber, form: Any, change: bool) -> None:
        password = form.cleaned_data["password"] or None
        if change:
            before = form.initial["username"]
            services.subscriber_update(subscriber=obj, password=password, before=before)
        else:
            services.subscriber_save_new(subscriber=obj, password=password or "")

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        services.subscriber_delete(subscriber=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            services.subscriber_delete(subscriber=subscriber)


class NasForm(SiteScopeForm):
    secret = forms.CharField(
        required=False,
        min_length=6,
        max_length=128,
        strip=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="The RADIUS shared secret. Leave empty to keep the present one.",
    )

    class Meta:
        model = Nas
        fields = (
            "address",
            "name",
            "site",
            "secret",
            "require_message_authenticator",
            "coa_port",
            "enabled",
        )

    def clean_secret(self) -> str:
        secret = str(self.cleaned_data["secret"])
        if not secret and self.instance.pk is None:
            raise forms.ValidationError("A new router needs a secret.")
        if secret and not SECRET.fullmatch(secret):
            raise forms.ValidationError(SECRET_RULE.capitalize() + ".")
        return secret


class NasAdmin(SiteScopeAdmin, ServiceAdmin):
    form = NasForm
    list_display = (
        "address",
        "name",
        "site",
        "enabled",
        "require_message_authenticator",
        "created_at",
    )
    search_fields = ("address", "name")

    def save_model(self, request: HttpRequest, obj: Nas, form: Any, change: bool) -> None:
        services.nas_save(nas=obj, secret=form.cleaned_data["secret"] or None)

    def delete_model(self, request: HttpRequest, obj: Nas) -> None:
        services.nas_delete(nas=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Nas]) -> None:
        for nas in queryset:
            services.nas_delete(nas=nas)


class SessionFilter(TimeRangeFilter):
    """The packets' history always has a time range."""

    rows = staticmethod(selectors.sessions)


class LoginFilter(TimeRangeFilter):
    """The same for logins."""

    rows = staticmethod(selectors.logins)


class SessionAdmin(ReadOnlyAdmin):
    list_display = (
        "username",
        "state",
        "nasipaddress",
        "callingstationid",
        "started",
        "lasted",
        "down",
        "up",
        "acctterminatecause",
    )
    list_filter = (SessionFilter, "online")
    search_fields = ("username", "callingstationid")

    @display(description="state", label={"online": "success", "ended": "info"})
    def state(self, session: Session) -> str:
        return "online" if session.online else "ended"

    @display(description="started", ordering="acctstarttime")
    def started(self, session: Session) -> str:
        return date_format(timezone.localtime(session.acctstarttime), "d M H:i:s")

    @display(description="lasted")
    def lasted(self, session: Session) -> timedelta:
        end = session.acctstoptime or timezone.now()
        return timedelta(seconds=int((end - session.acctstarttime).total_seconds()))

    # Octets are counted from the router's view: its input is the subscriber's upload.
    @display(description="down")
    def down(self, session: Session) -> str:
        return filesizeformat(session.acctoutputoctets or 0)

    @display(description="up")
    def up(self, session: Session) -> str:
        return filesizeformat(session.acctinputoctets or 0)


class LoginAdmin(ReadOnlyAdmin):
    list_display = ("at", "username", "answer", "reason", "nasipaddress", "callingstationid")
    list_filter = (LoginFilter, "reply")
    search_fields = ("username",)

    @display(description="when", ordering="authdate")
    def at(self, login: Login) -> str:
        return date_format(timezone.localtime(login.authdate), "d M H:i:s")

    @display(description="answer", label={"accepted": "success", "rejected": "danger"})
    def answer(self, login: Login) -> str:
        return "accepted" if login.reply == "Access-Accept" else "rejected"


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on the tenant's site."""
    site.register(Plan, PlanAdmin)
    site.register(Subscriber, SubscriberAdmin)
    site.register(Nas, NasAdmin)
    site.register(Session, SessionAdmin)
    site.register(Login, LoginAdmin)
