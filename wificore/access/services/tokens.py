"""Writes: API tokens."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot

from ..codes import CODES
from ..decide import ALL, within
from ..models import ApiToken, User

TOLD = ("name", "user", "abilities", "allowed_ips", "expiry")


class TokenInvalid(DomainError):
    """A token cannot be made like this."""

    code = "validation_error"


def token_create(
    *,
    user: User,
    name: str,
    abilities: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    allowed_ips: Sequence[str] = (),
    made_with: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """A token and its clear text, which is never to be had again.

    A token made with a token has at most its maker's abilities.

    Raises:
        TokenInvalid: an ability is unknown or beyond the maker's.
    """
    granted = _abilities(abilities, made_with)
    with transaction.atomic():
        token, clear = ApiToken.objects.create(
            user=user, expiry=None, name=name, abilities=granted, allowed_ips=list(allowed_ips)
        )
        if expires_at is not None:
            token.expiry = expires_at
            token.save(update_fields=["expiry"])
        announce("token.created", token.public_id, new=snapshot(token, TOLD))
    return token, clear


def _abilities(wanted: Sequence[str] | None, made_with: ApiToken | None) -> list[str] | None:
    ceiling = made_with.abilities if made_with else None
    if wanted is None:
        return None if ceiling is None else list(ceiling)
    unknown = [code for code in wanted if code != ALL and code not in CODES]
    if unknown:
        raise TokenInvalid(f"Unknown permission code: {unknown[0]}.", field="abilities")
    beyond = [code for code in wanted if not _covered(code, ceiling)]
    if beyond:
        raise TokenInvalid(f"Your own token may not {beyond[0]}.", field="abilities")
    return list(dict.fromkeys(wanted))


def _covered(code: str, ceiling: Sequence[str] | None) -> bool:
    return ceiling is None or ALL in ceiling or (code != ALL and within(ceiling, code))


def token_revoke(*, token: ApiToken) -> None:
    """A revoked token is refused from the next request on."""
    with transaction.atomic():
        old = snapshot(token, TOLD)
        token.delete()
        announce("token.revoked", token.public_id, old=old)
