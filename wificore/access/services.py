"""Writes: users and API tokens."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tenants.hooks import Owner
from tenants.models import Tenant
from wificore.kernel.api.errors import DomainError

from .decide import ALL, CODES, within
from .models import ApiToken, User


class UserInvalid(DomainError):
    """A user cannot be made or changed like this."""

    code = "validation_error"


class TokenInvalid(DomainError):
    """A token cannot be made like this."""

    code = "validation_error"


def user_create(
    *, email: str, password: str, role: str, name: str = "", using: str = "default"
) -> User:
    """A new active user of the active context.

    Raises:
        UserInvalid: the address is malformed or taken.
    """
    user = User(email=email.strip().lower(), name=name, role=role)
    user.set_password(password)
    try:
        user.clean_fields()
        with transaction.atomic(using=using):
            user.save(using=using)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise UserInvalid(messages[0], field=field) from None
    except IntegrityError:
        raise UserInvalid("A user with this email address exists already.", field="email") from None
    return user


def seed_owner(_tenant: Tenant, owner: Owner, using: str) -> None:
    """A new tenant's first user; an existing one is left as it is."""
    email = owner.email.strip().lower()
    if not User.objects.using(using).filter(email=email).exists():
        user_create(email=email, password=owner.password, role="owner", using=using)


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
    token.delete()
