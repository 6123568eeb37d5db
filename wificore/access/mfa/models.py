"""What this tenant (or the platform) asks of everybody who signs in: one row, or none."""

from django.db import models

ONLY = 1
EVERYBODY = "*"


class SignInPolicy(models.Model):
    """The schema's rules of signing in.

    Attributes:
        mfa_roles: roles whose users must have a second factor; `*`: all of them.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    mfa_roles = models.JSONField(default=list, blank=True)

    class Meta:
        app_label = "access"
        verbose_name_plural = "sign-in policy"
        constraints = (
            models.CheckConstraint(condition=models.Q(id=ONLY), name="access_signinpolicy_one"),
        )

    def __str__(self) -> str:
        return "sign-in policy"
