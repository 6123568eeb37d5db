"""Writes: users and API tokens."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tenants.hooks import FirstUser
from tenants.models import Tenant
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored

from .decide import ALL, CODES, within
from .models import ApiToken, User
from .signin.addresses import address_follow
from .signin.sessions import end_all

# What events and audit tell of users and tokens; of a password only that it was changed.
TOLD = ("email", "name", "role", "is_active")
TOLD_OF_TOKENS = ("name", "user", "abilities", "allowed_ips", "expiry")


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
    return _user_new(user, using)


def _user_new(user: User, using: str) -> User:
    try:
        user.clean_fields()
        return user_save(user=user, using=using)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise UserInvalid(messages[0], field=field) from None
    except IntegrityError:
        raise UserInvalid("A user with this email address exists already.", field="email") from None


def user_save(*, user: User, using: str = "default") -> User:
    """Store a user that a form has filled.

    Raises:
        IntegrityError: the address is taken or not in lower case.
    """
    with transaction.atomic(using=using):
        old = stored(user, TOLD, using=using)
        user.save(using=using)
        address_follow(user, using=using)
        if old and old["is_active"] and not user.is_active:
            end_all(user)
        event = "user.created" if old is None else "user.updated"
        announce(event, user.pk, old=old, new=snapshot(user, TOLD), using=using)
    return user


def user_password_set(*, user: User, password: str) -> None:
    """Give a user another password; all of the user's sign-ins end."""
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        end_all(user)
        announce("user.updated", user.pk, old={}, new={"password_changed": True})


def user_delete(*, user: User) -> None:
    """Remove a user and the user's tokens."""
    key = user.pk
    with transaction.atomic():
        old = stored(user, TOLD)
        for token in ApiToken.objects.filter(user=user):
            token_revoke(token=token)
        end_all(user)
        user.delete()
        announce("user.deleted", key, old=old)


def seed_owner(_tenant: Tenant, owner: FirstUser, using: str) -> None:
    """A new tenant's first user; an existing one is left as it is."""
    if not User.objects.using(using).filter(email=owner.email).exists():
        _user_new(User(email=owner.email, role="owner", password=owner.password_hash), using)


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
        announce("token.created", token.public_id, new=snapshot(token, TOLD_OF_TOKENS))
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
        old = snapshot(token, TOLD_OF_TOKENS)
        token.delete()
        announce("token.revoked", token.public_id, old=old)
