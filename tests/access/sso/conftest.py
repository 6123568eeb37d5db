"""Two tenants, each with a directory of its own, and users who are gone afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import certificates
from tests.access.sso import openid, slapd
from tests.access.sso.openid import OpenIdProvider
from tests.access.sso.slapd import Directory
from tests.certificates import Certificates
from tests.conftest import World
from wificore.access.models import Role, User
from wificore.access.sso.models import SignInProvider
from wificore.access.sso.services import provider_create
from wificore.kernel.db.context import tenant_context


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def directories(
    tmp_path_factory: pytest.TempPathFactory, tls: Certificates
) -> Iterator[tuple[Directory, Directory]]:
    """Alpha's and beta's."""
    place: Path = tmp_path_factory.mktemp("slapd")
    with (
        slapd.running(place / "alpha", "dc=alpha", tls) as alphas,
        slapd.running(place / "beta", "dc=beta", tls) as betas,
    ):
        yield alphas, betas


@pytest.fixture
def alphas(directories: tuple[Directory, Directory]) -> Directory:
    """Alpha's directory; the test fills it."""
    return directories[0]


@pytest.fixture
def betas(directories: tuple[Directory, Directory]) -> Directory:
    return directories[1]


@pytest.fixture(scope="session")
def openid_server() -> Iterator[OpenIdProvider]:
    # Its libraries' own parts speak to each other in a plain-HTTP and deprecated way.
    with pytest.MonkeyPatch.context() as patch, openid.running() as provider:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        yield provider


@pytest.fixture
def provider(openid_server: OpenIdProvider) -> OpenIdProvider:
    """An OpenID provider that knows nobody yet."""
    openid_server.reset()
    return openid_server


def role_of(user: User) -> str:
    """The names of the user's roles, in one word."""
    return " ".join(sorted(user.roles.values_list("name", flat=True)))


@pytest.fixture(autouse=True)
def _nobody_stays(world: World) -> Iterator[None]:
    """Users that providers made or changed; the fixtures' people are as they were."""
    yield
    known = {person.email: person.role for person in world.people.values()}
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            User.objects.exclude(email__in=known).delete()
            for user in User.objects.all():
                user.roles.set(Role.objects.filter(name=known[user.email]))
                User.objects.filter(pk=user.pk).update(is_active=True)


Connect = Callable[..., SignInProvider]


@pytest.fixture
def connect(world: World, provider: OpenIdProvider) -> Connect:
    """`connect(tenant)`: the tenant signs its people in by the OpenID provider."""

    def make(tenant: Any, **changes: Any) -> SignInProvider:
        config = provider.config(**changes.pop("config", {}))
        settings = {"slug": "sso", "name": "Company", "secret": openid.SECRET, **changes}
        with tenant_context(tenant):
            made = provider_create(kind="oidc", config=config, **settings)
        provider.redirects.append(
            f"http://{tenant.slug}.localhost/_allauth/oidc/{made.slug}/callback/"
        )
        return made

    return make


@dataclass
class Trust:
    """Make one tenant trust a directory."""

    world: World

    def __call__(self, tenant: Any, directory: Directory, **changes: Any) -> SignInProvider:
        config = directory.config(**changes.pop("config", {}))
        settings = {
            "kind": "ldap",
            "slug": "office",
            "name": "Office directory",
            "secret": directory.reader_password,
            **changes,
        }
        with tenant_context(tenant):
            return provider_create(config=config, **settings)


@pytest.fixture
def trust(world: World) -> Trust:
    return Trust(world)
