"""Notifications in the tenant's admin: one's inbox and choice, work, the ways out and their log."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from wificore.access.admin_pages import SiteScopeAdmin
from wificore.access.models import User
from wificore.access.models.organisation import Severity
from wificore.access.selectors import zone
from wificore.access.services import user_phone_set
from wificore.kernel.admin import ReadOnlyAdmin, ServiceAdmin
from wificore.kernel.api.errors import DomainError

from . import selectors, services
from .mail.server import mail_settings
from .models import (
    Delivery,
    DeliveryState,
    MailSettings,
    Notification,
    Preference,
    SmsSettings,
    Task,
    TaskState,
)
from .probes import Outcome, mail_probe, sms_probe
from .sms.providers import PROVIDERS
from .sms.sending import sms_settings
from .words import task_title

COLOURS = {"info": "info", "warning": "warning", "critical": "danger"}
STATES = {
    DeliveryState.SENT: "success",
    DeliveryState.DELIVERED: "success",
    DeliveryState.FAILED: "danger",
    DeliveryState.UNKNOWN: "warning",
}
WORK = {TaskState.OPEN: "danger", TaskState.CLAIMED: "warning", TaskState.DONE: "success"}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _language(request: HttpRequest) -> str:
    return selectors.preferences([_user(request).pk])[_user(request).pk].language


class InboxAdmin(ReadOnlyAdmin):
    """One's own, and nobody else's."""

    list_display = ("when", "level", "words", "is_read")
    list_filter = ("severity",)
    actions = ("mark_read",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return selectors.inbox(_user(request).pk)

    @display(description="when", ordering="created_at")
    def when(self, row: Notification) -> Any:
        return row.created_at

    @display(description="severity", ordering="severity", label=COLOURS)
    def level(self, row: Notification) -> str:
        return str(Severity(row.severity).label)

    @display(description="what")
    def words(self, row: Notification) -> str:
        title = row.title
        if row.link:
            title = format_html('<a href="{}">{}</a>', row.link, row.title)
        return format_html("<strong>{}</strong><br>{}", title, row.text)

    @display(description="read", boolean=True)
    def is_read(self, row: Notification) -> bool:
        return row.read_at is not None

    @action(description="Mark as read", permissions=["view"])
    def mark_read(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = services.inbox_read(user_id=_user(request).pk, ids=ids)
        self.message_user(request, f"Read: {count}.")


class PreferenceForm(forms.ModelForm[Preference]):
    phone = forms.CharField(
        required=False,
        max_length=30,
        widget=UnfoldAdminTextInputWidget,
        help_text="For text messages, for example 0712 345 678.",
    )

    class Meta:
        model = Preference
        fields = (
            "language", "phone", "email_from", "sms_from", "kinds", "quiet_from", "quiet_until",
            "urgent",
        )  # fmt: skip


class PreferenceAdmin(ServiceAdmin):
    """One row: the list leads to one's own at once."""

    form = PreferenceForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Preference]:
        return Preference.objects.filter(user_id=_user(request).pk)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_view_permission(request):
            return super().changelist_view(request, *args, **kwargs)
        own = reverse("admin:notifications_preference_change", args=[_user(request).pk])
        return HttpResponseRedirect(own)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        own = _user(request).pk
        return selectors.preferences([own])[own] if object_id == str(own) else None

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.base_fields["phone"].initial = _user(request).phone
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Preference, form: Any, change: bool) -> None:
        services.preference_save(preference=obj)
        phone = form.cleaned_data["phone"]
        if phone != _user(request).phone:
            user_phone_set(user=_user(request), phone=phone)


class TaskAdmin(SiteScopeAdmin, ReadOnlyAdmin):
    """Work: claimed, released and done by the actions above the list."""

    list_display = ("title", "condition", "level_label", "site", "who", "created_at", "note")
    list_filter = ("state", "severity")
    actions = ("claim", "release", "finish")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        self._language, self._zone = _language(request), zone()
        return selectors.tasks(_user(request).subject())

    @display(description="what")
    def title(self, task: Task) -> str:
        return task_title(task, self._language, self._zone)

    @display(description="state", ordering="state", label=WORK)
    def condition(self, task: Task) -> str:
        return task.state

    @display(description="severity", ordering="severity", label=COLOURS)
    def level_label(self, task: Task) -> str:
        return str(Severity(task.severity).label)

    @display(description="by")
    def who(self, task: Task) -> str:
        return task.claimed_by.name or task.claimed_by.email if task.claimed_by else ""

    def has_work_permission(self, request: HttpRequest) -> bool:
        return _user(request).may("notifications.task.manage").allowed

    @action(description="Claim", permissions=["work"])
    def claim(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        self._each(request, queryset, services.task_claim)

    @action(description="Release", permissions=["work"])
    def release(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        self._each(request, queryset, services.task_release)

    @action(description="Done", permissions=["work"])
    def finish(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        self._each(request, queryset, services.task_done)

    def _each(self, request: HttpRequest, queryset: QuerySet[Task], step: Any) -> None:
        for task in queryset:
            try:
                step(task=task, user=_user(request))
            except DomainError as error:
                self.message_user(request, f"{self.title(task)}: {error.message}", messages.ERROR)


class DeliveryAdmin(ReadOnlyAdmin):
    """What went out, but not what it said."""

    list_display = (
        "created_at", "kind", "channel", "address", "condition", "attempts", "sent_at", "error",
    )  # fmt: skip
    list_filter = ("channel", "state")
    search_fields = ("address",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return selectors.deliveries()

    @display(description="kind")
    def kind(self, row: Delivery) -> str:
        return row.notification.event_type

    @display(description="state", ordering="state", label=STATES)
    def condition(self, row: Delivery) -> str:
        return row.state


def _secret() -> forms.CharField:
    """Typed and never shown."""
    return forms.CharField(
        required=False,
        strip=False,
        max_length=500,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Leave empty to keep it.",
    )


def _tick(words: str) -> forms.BooleanField:
    return forms.BooleanField(required=False, label=words, widget=UnfoldBooleanSwitchWidget)


class MailForm(forms.ModelForm[MailSettings]):
    password = _secret()
    test = _tick("Save, then send me a test mail")

    class Meta:
        model = MailSettings
        fields = (
            "enabled", "host", "port", "security", "username", "password", "from_address",
            "from_name", "test",
        )  # fmt: skip


class SmsForm(forms.ModelForm[SmsSettings]):
    provider = forms.ChoiceField(
        choices=[(name, one.title) for name, one in PROVIDERS.items()],
        widget=UnfoldAdminSelectWidget,
    )
    api_key = _secret()
    test = _tick("Save, then send me a test message")

    class Meta:
        model = SmsSettings
        fields = (
            "enabled", "provider", "username", "api_key", "base_url", "sender_id", "daily_limit",
            "test",
        )  # fmt: skip


class OneRowAdmin(ServiceAdmin):
    """One row of settings: the list leads to it at once. A tick has them tried after saving."""

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_view_permission(request):
            return super().changelist_view(request, *args, **kwargs)
        name = f"admin:notifications_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[1]))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Another machine is talked to when the page's transaction is over."""
        answer = super().changeform_view(request, *args, **kwargs)
        if getattr(request, "wants_test", False):
            outcome = self.probe(_user(request))
            field = f"{outcome.field}: " if outcome.field else ""
            level = messages.SUCCESS if outcome.ok else messages.ERROR
            self.message_user(request, f"{field}{outcome.message}", level)
        return answer

    def probe(self, user: User) -> Outcome:
        raise NotImplementedError  # each tries its own way

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MailAdmin(OneRowAdmin):
    form = MailForm

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        return mail_settings() if object_id == "1" else None

    def save_model(self, request: HttpRequest, obj: MailSettings, form: Any, change: bool) -> None:
        services.mail_settings_save(row=obj, password=form.cleaned_data["password"] or None)
        request.wants_test = form.cleaned_data["test"]  # type: ignore[attr-defined]

    def probe(self, user: User) -> Outcome:
        return mail_probe(to=user.email)


class SmsAdmin(OneRowAdmin):
    form = SmsForm

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        return sms_settings() if object_id == "1" else None

    def save_model(self, request: HttpRequest, obj: SmsSettings, form: Any, change: bool) -> None:
        services.sms_settings_save(row=obj, api_key=form.cleaned_data["api_key"] or None)
        request.wants_test = form.cleaned_data["test"]  # type: ignore[attr-defined]

    def probe(self, user: User) -> Outcome:
        if not user.phone:
            return Outcome(False, "You have no number yet.", "phone")
        return sms_probe(to=user.phone)


PAGES: tuple[tuple[Any, type[ModelAdmin]], ...] = (
    (Notification, InboxAdmin),
    (Preference, PreferenceAdmin),
    (Task, TaskAdmin),
    (Delivery, DeliveryAdmin),
    (MailSettings, MailAdmin),
    (SmsSettings, SmsAdmin),
)


def register(site: admin.AdminSite) -> None:
    """Put these pages on the tenant's site."""
    for model, page in PAGES:
        site.register(model, page)
