"""Roles: allow-lists of permission codes."""

from django.core.validators import RegexValidator
from django.db import models

from ..codes import BUILT_IN


class Role(models.Model):
    """What its holders may do; it never denies.

    Attributes:
        name: how programs name it. permissions: exact codes; a built-in role has none here,
            because its codes are the release's (`codes.BUILT_IN`).
    """

    name = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z][a-z0-9_-]*\Z", "Use small letters, digits, hyphen and underscore."
            )
        ],
        error_messages={"unique": "A role of this name exists already."},
    )
    title = models.CharField(max_length=80)
    permissions = models.JSONField(default=list, blank=True)
    built_in = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.title

    @property
    def codes(self) -> frozenset[str]:
        """What it allows."""
        return BUILT_IN[self.name].codes if self.built_in else frozenset(self.permissions)
