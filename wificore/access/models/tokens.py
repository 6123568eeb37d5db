"""API tokens of programs."""

import secrets

from django.db import models
from knox.models import AbstractAuthToken


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
