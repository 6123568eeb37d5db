"""Staff users and API tokens. In `public` they are platform operators, in ts_* a tenant's staff."""

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from knox.models import AbstractAuthToken

from .decide import ROLES, decide
from .mfa.models import SignInPolicy
from .signin.models import Lockout
from .sso.models import ProviderIdentity, SignInProvider

__all__ = [
    "ApiToken",
    "Lockout",
    "ProviderIdentity",
    "SignInPolicy",
    "SignInProvider",
    "User",
    "UserManager",
]


class UserManager(BaseUserManager["User"]):
    """Addresses are stored in lower case, which a check constraint insists on."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # knox has no types
    """A person who signs in. Rights come from `decide` alone, not from Django's permissions."""

    email = models.EmailField(
        max_length=254,
        unique=True,
        error_messages={"unique": "A user with this email address exists already."},
    )
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES])
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

    # What Django's admin asks of a user.
    @property
    def is_staff(self) -> bool:
        return self.is_active

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's `app.action_model` asked as our `app.model.action`."""
        return decide(self, None, django_code(perm)).allowed


# Django's names where our codes have others.
MODELS = {
    "radius_registry.nas": "radius.nas",
    "tenants.domain": "tenants.tenant",
    "tenants.signup": "tenants.tenant",
    "access.apitoken": "access.user",
    "access.signinprovider": "access.provider",
    "audit.auditentry": "audit.entry",
}


def django_code(perm: str) -> str:
    """`radius.change_plan` -> `radius.plan.manage`; view stays view."""
    app, _, rest = perm.partition(".")
    action, _, model = rest.partition("_")
    subject = MODELS.get(f"{app}.{model}", f"{app}.{model}")
    return f"{subject}.{'view' if action == 'view' else 'manage'}"


def new_public_id() -> str:
    return secrets.token_hex(8)


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """A hashed token of one user; the clear text is shown once, when it is made.

    Attributes:
        abilities: permission codes the token is limited to; None: all that its user may.
        allowed_ips: addresses or networks it may come from; empty: any.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    abilities = models.JSONField(null=True, blank=True)
    allowed_ips = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-created", "-public_id")

    def __str__(self) -> str:
        return self.name
