"""django-auth-ldap's settings and connections for one provider: nothing is global or kept.

The library reads Django's settings, one directory for a whole process. Here every sign-in gets
an object of its own, made from the row of the tenant whose request this is, and drops it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import ldap
from django_auth_ldap.config import (
    GroupOfNamesType,
    GroupOfUniqueNamesType,
    LDAPSearch,
    LDAPSettings,
    NestedActiveDirectoryGroupType,
    PosixGroupType,
)

from ..config import PERSON, LdapConfig
from ..models import SignInProvider
from ..network import ANSWER_S
from ..selectors import ldap_config, provider_secret
from .line import connected

GROUP_TYPES = {
    "groupOfNames": GroupOfNamesType,
    "groupOfUniqueNames": GroupOfUniqueNamesType,
    "posixGroup": PosixGroupType,
    "activeDirectory": NestedActiveDirectoryGroupType,
}
# No variable of Django's settings begins with this.
PREFIX = "WIFICORE_READS_NO_LDAP_SETTING_"


@dataclass(frozen=True, slots=True)
class Directory:
    """One provider, ready for one sign-in."""

    config: LdapConfig
    settings: LDAPSettings
    connection: Any

    def initialize(self, _url: str, **_options: object) -> Any:
        """What the library calls of the module `ldap`: the connection that is there already."""
        return self.connection


@contextmanager
def opened(provider: SignInProvider) -> Iterator[Directory]:
    """The directory for the length of the block.

    Raises:
        AddressRefused, Unreachable: we may not or cannot connect there.
        ProviderInvalid: the row was not written by our services.
    """
    config = ldap_config(provider)
    with connected(config) as line:
        connection = ldap.initialize(config.server, fileno=line.detach())
        try:
            # libldap sees no TLS and no address: `line` has done both.
            connection.set_option(ldap.OPT_PROTOCOL_VERSION, 3)
            # A referral would carry the password to a server that nobody named.
            connection.set_option(ldap.OPT_REFERRALS, 0)
            connection.set_option(ldap.OPT_TIMEOUT, ANSWER_S)
            yield Directory(config, _settings(provider, config), connection)
        finally:
            with suppress(ldap.LDAPError):
                connection.unbind_s()


def _settings(provider: SignInProvider, config: LdapConfig) -> LDAPSettings:
    user_filter = config.user_filter.replace("%", "%%").replace(PERSON, "%(user)s")
    attributes = [config.email_attribute, config.name_attribute, config.subject_attribute, "*"]
    people = LDAPSearch(config.user_base, ldap.SCOPE_SUBTREE, user_filter, attributes)
    group_filter = config.group_filter or _any_group(config)
    groups = LDAPSearch(config.group_base or config.user_base, ldap.SCOPE_SUBTREE, group_filter)
    wanted = {
        "BIND_DN": config.bind_dn,
        "BIND_PASSWORD": provider_secret(provider),
        "USER_SEARCH": people,
        "GROUP_SEARCH": groups,
        "GROUP_TYPE": GROUP_TYPES[config.group_type](),
        # An empty password is an anonymous bind, which every directory lets succeed.
        "PERMIT_EMPTY_PASSWORD": False,
        # Our services decide whose an entry is and what a group means.
        "ALWAYS_UPDATE_USER": False,
        "CACHE_TIMEOUT": 0,
    }
    return LDAPSettings(PREFIX, wanted)


def _any_group(config: LdapConfig) -> str:
    name = "group" if config.group_type == "activeDirectory" else config.group_type
    return f"(objectClass={name})"


def text_of(error: ldap.LDAPError) -> str:
    """What libldap and the server say; never what was sent."""
    detail = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    words = (str(detail[key]) for key in ("desc", "info") if detail.get(key))
    return ": ".join(words) or type(error).__name__
