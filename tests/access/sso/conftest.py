"""Two tenants, each with a directory of its own, and users who are gone afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.access.sso import certificates, slapd
from tests.access.sso.certificates import Certificates
from tests.access.sso.slapd import Directory
from tests.conftest import World
from wificore.access.models import User
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


@pytest.fixture(autouse=True)
def _nobody_stays(world: World) -> Iterator[None]:
    """Users that providers made or changed; the fixtures' people are as they were."""
    yield
    known = {person.email: person.role for person in world.people.values()}
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            User.objects.exclude(email__in=known).delete()
            for user in User.objects.all():
                User.objects.filter(pk=user.pk).update(role=known[user.email], is_active=True)


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
