"""Sign-in with a password of one of this tenant's directories.

Stands after WifiCore's own passwords in AUTHENTICATION_BACKENDS, so that a person with one of
those signs in when no directory answers, and after the lock-out, so that a locked account does
not reach a directory. A wrong password here is one wrong password for Django: it counts once.
"""

from typing import Any

import ldap
import structlog
from django.contrib.auth import user_login_failed
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest
from django_auth_ldap.backend import LDAPBackend, ldap_error

from wificore.kernel.network import AddressRefused, Unreachable

from ...models import ProviderIdentity, User
from ...signin import lockout
from ...signin.guard import MARK
from ..config import LdapConfig, ProviderInvalid
from ..models import SignInProvider
from ..selectors import active_directories
from ..services import Person, SignInRefused, provider_sign_in
from .library import Directory, opened, text_of

log = structlog.get_logger(__name__)

LONGEST_NAME = 254
LONGEST_PASSWORD = 1024
UNAVAILABLE = (
    "The directory of {name} does not answer. Try again later, or sign in with a password of"
    " this system if you have one."
)
# What a bind as the person says of the person: no password, locked, expired.
THE_PERSONS = (
    ldap.INAPPROPRIATE_AUTH,
    ldap.CONSTRAINT_VIOLATION,
    ldap.UNWILLING_TO_PERFORM,
    ldap.INSUFFICIENT_ACCESS,
    ldap.NO_SUCH_OBJECT,
)


class Locked(Exception):
    """This person's account is locked."""


class DirectoryBackend(BaseBackend):
    """Asks the active tenant's directories one after another."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        """The user, or None.

        Raises:
            PermissionDenied: the person's account is locked; the request is marked.
            ValidationError: no directory knew the person, and one did not answer; both doors
                (the API's and the admin's) show its message.
        """
        name = (username or credentials.get("email") or "").strip()
        if not _usable(name, password):
            return None
        assert not connection.in_atomic_block, "no network call inside a transaction"
        silent: SignInProvider | None = None
        for provider in active_directories():
            try:
                user = _ask(provider, name, str(password))
            except Locked:
                if request is not None:
                    setattr(request, MARK, True)
                raise PermissionDenied from None
            except (Unreachable, AddressRefused, ProviderInvalid) as error:
                log.warning("directory_unavailable", provider=provider.slug, error=str(error))
                silent = provider
                continue
            if user is not None:
                return user
        if silent is not None:
            # Django tells of it only when a backend says nothing.
            user_login_failed.send(__name__, credentials={"username": name}, request=request)
            message = UNAVAILABLE.format(name=silent.name)
            raise ValidationError(message, code="directory_unavailable")
        return None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user and user.is_active else None


def _usable(name: str, password: str | None) -> bool:
    """No empty password (an anonymous bind, RFC 4513 5.1.2), nothing C cannot hold."""
    if not name or not password or "\0" in name + password:
        return False
    return len(name) <= LONGEST_NAME and len(password) <= LONGEST_PASSWORD


def _ask(provider: SignInProvider, name: str, password: str) -> User | None:
    with opened(provider) as directory:
        person = Reader(provider, directory).read(name, password)
    if person is None:
        return None
    try:
        user = provider_sign_in(provider=provider, person=person)
    except SignInRefused as refused:
        log.info("sign_in_refused", provider=provider.slug, reason=refused.message)
        return None
    if lockout.normalised(name) != user.email:
        lockout.release(name)  # the guard counted what was typed; the rest knows addresses
    return user


class Reader(LDAPBackend):  # type: ignore[misc]  # django-auth-ldap has no types
    """One reading of one directory: the library finds, binds and reads groups, we decide."""

    def __init__(self, provider: SignInProvider, directory: Directory) -> None:
        self._provider = provider
        self.settings = directory.settings
        self._ldap = directory
        self._config: LdapConfig = directory.config
        self._person: Person | None = None

    def read(self, name: str, password: str) -> Person | None:
        """The person whose name and password these are; None: nobody's.

        Raises:
            Unreachable: the directory did not answer, or answered that it cannot.
            Locked: too many tries, by any of the person's names.
        """
        self._typed = name
        self.authenticate(None, username=name, password=password)
        return self._person

    def authenticate_ldap_user(self, entry: Any, password: str) -> User | None:
        """Counts the try as the person's before the password is compared.

        A directory knows people by several names, and writes each of them in many ways (RFC 4518);
        the lock-out's guard has counted only what was typed.
        """
        if entry.dn is None:
            return None
        account = self._account(entry)
        if account != lockout.normalised(self._typed) and not lockout.begin(account):
            raise Locked
        return super().authenticate_ldap_user(entry, password)  # type: ignore[no-any-return]

    def _account(self, entry: Any) -> str:
        """What the lock-out calls this person: the user's address, else the entry's."""
        subject = _subject(entry, self._config.subject_attribute)
        known = ProviderIdentity.objects.filter(provider=self._provider, subject=subject)
        address = known.values_list("user__email", flat=True).first()
        return address or lockout.normalised(
            _first(entry.attrs, self._config.email_attribute) or subject
        )

    def get_or_build_user(self, _name: str, entry: Any) -> tuple[User, bool]:
        """Called when the password was right; nothing of the user returned is stored."""
        config = self._config
        try:
            groups = {*entry.group_dns, *entry.group_names}
        except ldap.LDAPError as error:
            raise Unreachable(f"Groups cannot be read: {text_of(error)}") from None
        self._person = Person(
            subject=_subject(entry, config.subject_attribute),
            email=_first(entry.attrs, config.email_attribute),
            name=_first(entry.attrs, config.name_attribute),
            groups=sorted(groups),
        )
        return User(), False


def _subject(entry: Any, attribute: str) -> str:
    value = (entry.attrs.get(attribute) or [entry.dn])[0]
    if isinstance(value, str) and value.isprintable():
        return value
    # Active Directory's objectGUID is 16 octets that may look like anything.
    return (value.encode() if isinstance(value, str) else value).hex()


def _first(attributes: Any, name: str) -> str:
    values = attributes.get(name) or [""]
    return values[0] if isinstance(values[0], str) else ""


@receiver(ldap_error, sender=Reader)
def not_the_persons_fault(context: str, exception: ldap.LDAPError, **_kwargs: object) -> None:
    """The library takes every error for a wrong password; most of them are the directory's."""
    if context != "authenticate" or not isinstance(exception, THE_PERSONS):
        raise Unreachable(text_of(exception)) from None
