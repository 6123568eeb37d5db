"""allauth's inputs in which a secret is compared without Django's `authenticate`: counted too."""

from typing import Any

from allauth.core import context
from allauth.headless.account.inputs import ChangePasswordInput
from allauth.headless.mfa.inputs import AuthenticateInput, ReauthenticateInput
from django.core.exceptions import ValidationError

from ..models import User
from . import lockout, trail
from .adapters import answer_locked


class Counted:
    """For a form with a `user`."""

    user: User

    def counted(self, compare: Any) -> Any:
        """What `compare` returns; what it refuses is a failed try.

        Raises:
            ImmediateHttpResponse: the account is locked.
        """
        if not lockout.begin(self.user.email):
            answer_locked(context.request)
        try:
            return compare()
        except ValidationError:
            trail.failed(self.user.email)
            raise


class CountedAuthenticateInput(Counted, AuthenticateInput):
    """The code of the second step; a right one is released by `step_completed`."""

    def clean_code(self) -> Any:
        return self.counted(super().clean_code)


class CountedReauthenticateInput(Counted, ReauthenticateInput):
    """The same, of somebody who is signed in."""

    def clean_code(self) -> Any:
        return self.counted(super().clean_code)


class CountedChangePasswordInput(Counted, ChangePasswordInput):
    """The password one has, typed to change it."""

    def clean_current_password(self) -> Any:
        if not self.user.has_usable_password():
            return super().clean_current_password()
        found = self.counted(super().clean_current_password)
        lockout.release(self.user.email)
        return found
