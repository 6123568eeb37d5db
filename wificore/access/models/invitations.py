"""Invitations: who may become a user of this schema, and where that user will stand."""

from typing import Any

from django.db import models
from django.db.models.functions import Lower

from .users import User


class Invitation(models.Model):
    """One open invitation; it is gone when it is accepted, revoked or cleared.

    Attributes:
        placement: roles by name, departments and sites by id, as the inviter wanted it.
        ceiling: the abilities of the token the inviter worked through; None: it was none.
        digest: SHA-512 of the last mail's token; None until a worker has made one.
        sent_at: when a mail was last handed to the mail server.
    """

    public_id = models.CharField(max_length=16, unique=True)
    email = models.EmailField(
        max_length=254,
        unique=True,
        error_messages={"unique": "This address is invited already: resend or revoke that one."},
    )
    name = models.CharField(max_length=120, blank=True)
    placement = models.JSONField(default=dict, blank=True)
    inviter = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    ceiling = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=128, unique=True, null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-public_id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="access_invitation_email_lower"
            ),
        )

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    @property
    def roles(self) -> list[Any]:
        return list(self.placement.get("roles") or [])
