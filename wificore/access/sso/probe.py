"""`Does it work?`, for both kinds; connects, stores nothing."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from wificore.kernel.network import AddressRefused, Unreachable

from .models import LDAP, SignInProvider
from .oidc.probe import openid_probe

NO_LIBRARY = "This installation has no LDAP library: python-ldap (see docs/single-sign-on.md)."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What people are told who set a provider up."""

    ok: bool
    message: str


def provider_probe(provider: SignInProvider) -> Outcome:
    """Try the provider's address, certificate, account and bases; not inside a transaction."""
    if provider.kind == LDAP and not settings.LDAP_INSTALLED:
        return Outcome(False, NO_LIBRARY)
    probe = openid_probe
    if provider.kind == LDAP:
        # python-ldap may be missing, so this module is only loaded where it is not.
        probe = import_string("wificore.access.sso.directory.probe.directory_probe")
    try:
        return Outcome(True, probe(provider))
    except (AddressRefused, Unreachable) as error:
        return Outcome(False, str(error))
