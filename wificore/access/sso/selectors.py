"""Reads: sign-in providers of the active context."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import QuerySet

from wificore.kernel.crypto import decrypt

from .config import LdapConfig, OidcConfig
from .models import LDAP, OIDC, SignInProvider


def providers() -> QuerySet[SignInProvider]:
    return SignInProvider.objects.all()


def active_directories() -> list[SignInProvider]:
    """LDAP directories in the order they were added."""
    return list(SignInProvider.objects.filter(kind=LDAP, active=True).order_by("pk"))


def active_openid_providers() -> list[SignInProvider]:
    return list(SignInProvider.objects.filter(kind=OIDC, active=True).order_by("pk"))


def provider_secret(provider: SignInProvider) -> str:
    """The clear secret; empty if there is none."""
    return decrypt(provider.secret_encrypted) if provider.secret_encrypted else ""


def ldap_config(provider: SignInProvider) -> LdapConfig:
    return LdapConfig.read(provider.config)


def oidc_config(provider: SignInProvider) -> OidcConfig:
    return OidcConfig.read(provider.config)


def mapped_roles(role_map: Sequence[Mapping[str, str]], groups: Collection[str]) -> set[str]:
    """The roles that these groups mean; names of groups are compared without case."""
    held = {group.strip().casefold() for group in groups}
    return {line["role"] for line in role_map if line["group"].strip().casefold() in held}
