"""Reads of resellers."""

from typing import Any

from django.db.models import QuerySet

from .models import Resale, Reseller


def resellers() -> QuerySet[Reseller]:
    return Reseller.objects.select_related("account")


def seen_by(user: str) -> QuerySet[Reseller]:
    """All; a user who is a reseller sees itself alone.

    Args:
        user: the id that `decide` knows.
    """
    own = resellers().filter(user=int(user)) if user.isdecimal() else resellers().none()
    return own if own.exists() else resellers()


def sales(reseller: Reseller) -> QuerySet[Resale]:
    return Resale.objects.filter(reseller=reseller)


def by_id(id: str, *, among: QuerySet[Any]) -> Reseller | None:  # noqa: A002  # the API's word
    """One of those that somebody sees."""
    return among.filter(public_id=id).first()
