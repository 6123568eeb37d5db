"""Writes: sign-in providers, and whose an identity is that a provider has proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.crypto import encrypt

from ..models import Role, User
from ..services import By, Invalid, Placement, user_save
from .config import KINDS, LdapConfig, ProviderInvalid
from .giving import roles_set_from_provider
from .models import ProviderIdentity, SignInProvider
from .roles import assignable, role_names
from .selectors import mapped_roles

# What events and audit tell of a provider; of the secret only that it was changed.
TOLD = (
    "kind", "slug", "name", "config", "active", "role_map", "create_users", "default_role",
)  # fmt: skip
TOLD_OF_IDENTITIES = ("provider", "user", "subject", "roles_given")
MAX_MAP = 200
OWNER = "owner"
MAX_SUBJECT = 255


class ProviderTaken(DomainError):
    """Another provider of this tenant has this slug."""

    status = 409
    code = "conflict"


class SignInRefused(DomainError):
    """The provider proved who this is, and that person may not sign in here."""

    status = 403
    code = "sign_in_refused"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider vouches for.

    Attributes:
        subject: the provider's own name of the person, never reassigned.
        email: empty unless the provider vouches for the address, too.
        groups: as the provider names them.
    """

    subject: str
    email: str
    name: str = ""
    groups: Sequence[str] = ()


def provider_create(
    *,
    kind: str,
    slug: str,
    name: str,
    secret: str = "",
    by: By | None = None,
    **settings: Any,
) -> SignInProvider:
    """A provider of the active tenant; `settings` are fields of the model.

    Raises:
        ProviderInvalid: a value cannot be; names the field.
        ProviderTaken: the slug is in use.
        NotYours: it would give a role with more rights than the writer's.
    """
    provider = SignInProvider(kind=kind, slug=slug, name=name, **settings)
    return provider_save(provider=provider, secret=secret, by=by)


def provider_update(
    *,
    provider: SignInProvider,
    secret: str | None = None,
    by: By | None = None,
    **changes: Any,
) -> SignInProvider:
    """Change a provider; `secret` None keeps the one it has. Raises like `provider_create`."""
    for name, value in changes.items():
        setattr(provider, name, value)
    return provider_save(provider=provider, secret=secret, by=by)


def provider_save(
    *, provider: SignInProvider, secret: str | None = None, by: By | None = None
) -> SignInProvider:
    """Store a provider that a form has filled. Raises like `provider_create`."""
    if secret is not None:
        provider.secret_encrypted = encrypt(secret) if secret else ""
    _check(provider)
    if by:
        by.check_codes(_codes_given(provider), field="role_map")
    try:
        with transaction.atomic():
            old = stored(provider, TOLD)
            provider.save()
            new = snapshot(provider, TOLD)
            if old is not None and secret is not None:
                new["secret_changed"] = True
            event = "provider.created" if old is None else "provider.updated"
            announce(event, provider.pk, old=old, new=new)
    except IntegrityError:
        message = f"There is a provider {provider.slug!r} already."
        raise ProviderTaken(message, field="slug") from None
    return provider


def provider_delete(*, provider: SignInProvider) -> None:
    """Nobody signs in by it any more; its people stay users, with the roles they have."""
    key = provider.pk
    with transaction.atomic():
        old = stored(provider, TOLD)
        provider.delete()
        announce("provider.deleted", key, old=old)


def provider_sign_in(*, provider: SignInProvider, person: Person) -> User:
    """The user of this tenant that the person is, made or linked if that is allowed.

    A known subject is its user. An unknown one becomes the active user with the address that
    the provider vouches for, or a new user where the provider may make some. Roles follow the
    groups: what the provider gave and no longer gives is taken; what people gave stays.

    Raises:
        SignInRefused: nobody here, not active, or another person's address.
    """
    with transaction.atomic():
        identity = _identity(provider, person)
        user = identity.user
        if not user.is_active:
            raise SignInRefused("This user is not active.")
        _apply_roles(identity, mapped_roles(provider.role_map, person.groups))
    return user


def _identity(provider: SignInProvider, person: Person) -> ProviderIdentity:
    if not 0 < len(person.subject) <= MAX_SUBJECT or not person.subject.isprintable():
        raise SignInRefused("The provider gave no usable subject.")
    known = ProviderIdentity.objects.select_for_update(of=("self",)).select_related("user")
    identity = known.filter(provider=provider, subject=person.subject).first()
    return identity or _link(provider, person)


def _link(provider: SignInProvider, person: Person) -> ProviderIdentity:
    if not person.email or not person.email.isprintable():
        raise SignInRefused("The provider vouches for no address of this person.")
    user = User.objects.select_for_update().filter(email=person.email.lower()).first()
    if user is None:
        user = _new_user(provider, person)
    elif not user.is_active:
        raise SignInRefused("This user is not active.")
    if ProviderIdentity.objects.filter(provider=provider, user=user).exists():
        raise SignInRefused("This address belongs to another person at this provider.")
    identity = ProviderIdentity(provider=provider, user=user, subject=person.subject)
    try:
        with transaction.atomic():
            identity.save()
    except IntegrityError:  # the same person by a second request
        raise SignInRefused("Try again.") from None
    announce("identity.linked", identity.pk, new=snapshot(identity, TOLD_OF_IDENTITIES))
    return identity


def _new_user(provider: SignInProvider, person: Person) -> User:
    if not provider.create_users:
        raise SignInRefused("There is no user for this person here: ask for an invitation.")
    groups = mapped_roles(provider.role_map, person.groups)
    if not groups and not provider.default_role:
        raise SignInRefused("None of this person's groups has a role here.")
    name = "".join(letter for letter in person.name if letter.isprintable())
    user = User(email=person.email.lower(), name=name[:120])
    user.set_unusable_password()
    placement = Placement(roles=[] if groups else [provider.default_role])
    try:
        return user_save(user=user, placement=placement)
    except Invalid:
        raise SignInRefused("The provider's address cannot be a user's.") from None


def _apply_roles(identity: ProviderIdentity, now: set[str]) -> None:
    before, given = role_names(identity.user), set(identity.roles_given)
    names = (before - (given - now)) | now
    if names != before:
        roles_set_from_provider(identity.user, names)
    # A role that somebody had given by hand stays theirs to take; one that could not be taken
    # (the last owner's) stays the provider's.
    given_now = sorted((given | (now - before)) & role_names(identity.user))
    if given_now != identity.roles_given:
        old = snapshot(identity, TOLD_OF_IDENTITIES)
        identity.roles_given = given_now
        identity.save(update_fields=["roles_given"])
        new = snapshot(identity, TOLD_OF_IDENTITIES)
        announce("identity.updated", identity.pk, old=old, new=new)


def _codes_given(provider: SignInProvider) -> set[str]:
    """All that whoever signs in by it may come to do."""
    names = {line["role"] for line in provider.role_map} | {provider.default_role}
    return {code for role in Role.objects.filter(name__in=names) for code in role.codes}


def _check(provider: SignInProvider) -> None:
    try:
        provider.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise ProviderInvalid(messages[0], field=field) from None
    config = KINDS[provider.kind].read(provider.config)
    if isinstance(config, LdapConfig) and bool(config.bind_dn) != provider.has_secret:
        # A name without a password is an anonymous bind in disguise (RFC 4513, 5.1.2).
        raise ProviderInvalid("Give both, bind_dn and its password, or neither.", field="secret")
    provider.role_map = _role_map(provider.role_map)
    # Whoever the provider knows would own the tenant: an owner comes by a group, or by hand.
    if provider.default_role and provider.default_role not in set(assignable()) - {OWNER}:
        raise ProviderInvalid(
            f"{provider.default_role!r} cannot be the role of anybody.", field="default_role"
        )


def _role_map(lines: object) -> list[dict[str, str]]:
    if not isinstance(lines, list) or len(lines) > MAX_MAP:
        raise ProviderInvalid(f"Give a list of at most {MAX_MAP}.", field="role_map")
    for line in lines:
        if not isinstance(line, Mapping) or set(line) != {"group", "role"}:
            raise ProviderInvalid('Each is {"group": "...", "role": "..."}.', field="role_map")
        if not isinstance(line["group"], str) or not line["group"].strip():
            raise ProviderInvalid("A group needs its name.", field="role_map")
        if line["role"] not in assignable():
            raise ProviderInvalid(f"There is no role {line['role']!r}.", field="role_map")
    return [{"group": line["group"], "role": line["role"]} for line in lines]
