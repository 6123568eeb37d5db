"""A provider's `config`, checked and typed. Every refusal names its field: `config.server`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from wificore.kernel.api.errors import DomainError

from .models import LDAP, OIDC

# RFC 4512: an attribute's name or its OID, with options.
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9;-]{0,63}|[0-9]+(\.[0-9]+)*")
GROUP_TYPES = ("groupOfNames", "groupOfUniqueNames", "posixGroup", "activeDirectory")
PERSON = "{user}"
MAX_TEXT = 500
MAX_CERTIFICATES = 20_000
PEM = "-----BEGIN CERTIFICATE-----"


class ProviderInvalid(DomainError):
    """A provider cannot be set up like this."""

    code = "validation_error"


@dataclass(frozen=True, slots=True)
class Config:
    """What both kinds share: texts and truths from JSON, nothing unknown."""

    LONG: ClassVar[dict[str, int]] = {}

    @classmethod
    def read(cls, stored: object) -> Self:
        """The typed form.

        Raises:
            ProviderInvalid: a name is unknown, a value is missing or malformed.
        """
        if not isinstance(stored, Mapping):
            raise ProviderInvalid("Give an object with the provider's settings.", field="config")
        known = {field.name: field for field in fields(cls)}
        for name, value in stored.items():
            if name not in known:
                raise refusal(str(name), f"Unknown; choose of {', '.join(known)}.")
            _check_type(name, value, known[name].type, cls.LONG.get(name, MAX_TEXT))
        missing = [name for name, f in known.items() if _required(f) and not stored.get(name)]
        if missing:
            raise refusal(missing[0], "This is required.")
        made = cls(**stored)
        made.check()
        return made

    def check(self) -> None:
        """Raise ProviderInvalid for what the types do not tell."""


@dataclass(frozen=True, slots=True)
class OidcConfig(Config):
    """An OpenID provider.

    Attributes:
        issuer: its issuer identifier; discovery is at `<issuer>/.well-known/openid-configuration`.
        groups_claim: the claim with the list of the person's groups.
        trust_addresses: take addresses as verified although the provider sends no
            `email_verified` (some never do); only where people cannot choose their address.
    """

    issuer: str
    client_id: str
    scope: str = "openid email profile"
    groups_claim: str = "groups"
    trust_addresses: bool = False

    def check(self) -> None:
        parts = _url(self.issuer, "issuer", ("https", "http"))
        if parts.query or parts.fragment:
            raise refusal("issuer", "An issuer has no query and no fragment.")
        if "openid" not in self.scope.split():
            raise refusal("scope", "Must contain `openid`.")


@dataclass(frozen=True, slots=True)
class LdapConfig(Config):
    """An LDAP directory.

    Attributes:
        server: `ldaps://host[:port]`, or `ldap://host[:port]` with `start_tls`.
        bind_dn: whom we search as; empty: anonymously.
        user_filter: finds one person; `{user}` stands for what was typed, escaped.
        subject_attribute: what names a person for ever.
        ca_certificates: PEM; empty: the system's own.
    """

    LONG: ClassVar[dict[str, int]] = {"ca_certificates": MAX_CERTIFICATES}

    server: str
    user_base: str
    start_tls: bool = False
    ca_certificates: str = ""
    bind_dn: str = ""
    user_filter: str = "(|(uid={user})(mail={user}))"
    email_attribute: str = "mail"
    name_attribute: str = "cn"
    subject_attribute: str = "entryUUID"
    group_base: str = ""
    group_filter: str = ""
    group_type: str = "groupOfNames"

    def check(self) -> None:
        parts = _url(self.server, "server", ("ldaps", "ldap"))
        if parts.path.strip("/") or parts.query:
            raise refusal("server", "Only the scheme, the host and the port.")
        if self.start_tls and parts.scheme == "ldaps":
            raise refusal("start_tls", "ldaps:// has TLS from the start.")
        if PERSON not in self.user_filter:
            raise refusal("user_filter", f"Must contain {PERSON}: (uid={PERSON}).")
        for name in ("user_filter", "group_filter"):
            _filter(getattr(self, name), name)
        for name in ("email_attribute", "name_attribute", "subject_attribute"):
            if not ATTRIBUTE.fullmatch(getattr(self, name)):
                raise refusal(name, "This is not the name of an attribute.")
        if self.group_type not in GROUP_TYPES:
            raise refusal("group_type", f"Choose of {', '.join(GROUP_TYPES)}.")
        if self.ca_certificates and PEM not in self.ca_certificates:
            raise refusal("ca_certificates", f"Give PEM: {PEM} ...")

    @property
    def encrypted(self) -> bool:
        return self.start_tls or self.server.lower().startswith("ldaps:")


KINDS: dict[str, type[OidcConfig] | type[LdapConfig]] = {OIDC: OidcConfig, LDAP: LdapConfig}


def refusal(name: str, message: str) -> ProviderInvalid:
    return ProviderInvalid(message, field=f"config.{name}")


def _required(field: Any) -> bool:
    return field.name in ("issuer", "client_id", "server", "user_base")


def _check_type(name: str, value: object, wanted: object, longest: int) -> None:
    if wanted is bool:
        if not isinstance(value, bool):
            raise refusal(name, "Must be true or false.")
        return
    if not isinstance(value, str):
        raise refusal(name, "Must be text.")
    if len(value) > longest or "\0" in value:
        raise refusal(name, f"At most {longest} characters, none of them NUL.")


def _url(text: str, name: str, schemes: tuple[str, ...]) -> Any:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or re.search(r"[\s\\]", text):
        raise refusal(name, f"Must be a URL like {schemes[0]}://sign-in.example.com.")
    return parts


def _filter(text: str, name: str) -> None:
    """Parentheses pair up; the directory itself refuses what else is wrong (`test` tells)."""
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth or (text and not (text.startswith("(") and text.endswith(")"))):
        raise refusal(name, "Parentheses must pair up: (objectClass=person).")
