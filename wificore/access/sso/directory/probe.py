"""Does a directory's set-up work? Asked by people who set it up; nothing is stored."""

import ldap

from wificore.kernel.network import Unreachable

from ..models import SignInProvider
from .library import Directory, opened, text_of


def directory_probe(provider: SignInProvider) -> str:
    """Connect, bind as the search account and read both bases; says what was found.

    Raises:
        AddressRefused, Unreachable: it does not work, and why.
    """
    with opened(provider) as directory:
        try:
            return _probe(directory)
        except ldap.LDAPError as error:
            raise Unreachable(text_of(error)) from None


def _probe(directory: Directory) -> str:
    settings, config = directory.settings, directory.config
    line = directory.connection
    line.simple_bind_s(settings.BIND_DN, settings.BIND_PASSWORD)
    line.search_s(config.user_base, ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"])
    # Both filters are refused here if the directory cannot read them.
    settings.USER_SEARCH.execute(line, {"user": "nobody"})
    groups = settings.GROUP_SEARCH.execute(line)
    return f"Connected and signed in as the search account; {len(groups)} groups are visible."
