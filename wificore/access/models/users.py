"""Staff users. In `public` they are platform operators, in ts_* a tenant's staff."""

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from wificore.kernel.db.context import current
from wificore.kernel.phones import check_e164, normalised

from ..decide import Decision, Subject, decide
from ..subjects import subject
from .organisation import Department, Site
from .roles import Role


class UserManager(BaseUserManager["User"]):
    """Addresses are stored in lower case, which a check constraint insists on."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # knox has no types
    """A person who signs in. Rights come from `decide` alone, not from Django's permissions.

    Attributes:
        phone: in E.164, for text messages; empty: none.
        extra_sites: sites besides those of the departments.
        authz_version: counts up whenever anybody's rights change, so that what is cached of them
            is never used again.
    """

    email = models.EmailField(
        max_length=254,
        unique=True,
        error_messages={"unique": "A user with this email address exists already."},
    )
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=16, blank=True, validators=[check_e164])
    roles = models.ManyToManyField(Role, blank=True, related_name="users")
    primary_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    extra_sites = models.ManyToManyField(Site, blank=True, related_name="extra_users")
    authz_version = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="access_user_email_lower"
            ),
        )
        ordering = ("email",)

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def clean_fields(self, exclude: Any = None) -> None:
        """A number that cannot be one stays as it is, and its validator says so."""
        with suppress(ValueError):
            self.phone = normalised(self.phone)
        super().clean_fields(exclude)

    # What Django's admin asks of a user.
    @property
    def is_staff(self) -> bool:
        return self.is_active

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's `app.action_model` asked as our `app.model.action`."""
        return self.may(django_code(perm)).allowed

    def subject(self) -> Subject:
        """What `decide` needs to know of the user: one query, or none when it is cached."""
        return subject(current().schema, self.pk, self.is_active, self.authz_version)

    def may(self, code: str) -> Decision:
        """What `decide` says to this user without a token and without a record."""
        return decide(self.subject(), None, code)


# Django's names where our codes have others.
MODELS = {
    "radius_registry.nas": "radius.nas",
    "tenants.domain": "tenants.tenant",
    "tenants.partitionoverride": "tenants.tenant",
    "tenants.signup": "tenants.tenant",
    "access.apitoken": "access.user",
    "access.assignment": "access.position",
    "access.department": "access.position",
    "access.alertroute": "access.alert",
    "access.signinprovider": "access.provider",
    "audit.auditentry": "audit.entry",
    "webhooks.delivery": "webhooks.endpoint",
    "access_support.supportsession": "tenants.support",
    "notifications.notification": "notifications.inbox",
    "notifications.preference": "notifications.inbox",
    "notifications.mailsettings": "notifications.channel",
    "notifications.smssettings": "notifications.channel",
}


def django_code(perm: str) -> str:
    """`radius.change_plan` -> `radius.plan.manage`; view stays view."""
    app, _, rest = perm.partition(".")
    action, _, model = rest.partition("_")
    subject = MODELS.get(f"{app}.{model}", f"{app}.{model}")
    return f"{subject}.{'view' if action == 'view' else 'manage'}"
