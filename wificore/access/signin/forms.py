"""The admins' doors: the same counters and, for those who use one, the second factor."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from unfold.forms import BASE_INPUT_CLASSES, AdminOwnPasswordChangeForm, AuthenticationForm

from .. import services
from ..models import User
from . import lockout, trail
from .guard import LOCKED, was_locked

LOCKED_ERROR = forms.ValidationError(LOCKED, code="locked")


class SignInForm(AuthenticationForm):
    """Address, password and, for those who have a second factor, a code."""

    code = forms.CharField(
        label="Code",
        required=False,
        strip=True,
        max_length=20,
        help_text="If you use two factors: from your app, or a recovery code.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "class": " ".join(BASE_INPUT_CLASSES)}
        ),
    )

    def get_invalid_login_error(self) -> forms.ValidationError:
        return LOCKED_ERROR if was_locked(self.request) else super().get_invalid_login_error()

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if is_mfa_enabled(user):
            self._check_code(user)

    def _check_code(self, user: User) -> None:
        lockout.release(user.email)  # the password was right
        code = self.cleaned_data.get("code")
        if not code:
            raise forms.ValidationError("Type the code of your second factor too.", code="code")
        if not lockout.begin(user.email):
            raise LOCKED_ERROR
        second = AuthenticateForm(data={"code": code}, user=user)
        if not second.is_valid():
            trail.failed(user.email)
            raise forms.ValidationError("This code is not right.", code="code")
        second.authenticator.record_usage()


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """A new password of one's own, set by the service."""

    def clean_old_password(self) -> Any:
        if not lockout.begin(self.user.email):
            raise LOCKED_ERROR
        try:
            old = super().clean_old_password()
        except forms.ValidationError:
            trail.failed(self.user.email)
            raise
        lockout.release(self.user.email)
        return old

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        services.user_password_set(user=user, password=self.cleaned_data["new_password1"])
        return user
