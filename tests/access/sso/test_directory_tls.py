"""TLS to LDAP directories, and the networks they may be in."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.access.sso.conftest import Trust
from tests.access.sso.office import clerk, enters
from tests.access.sso.slapd import Directory
from tests.conftest import World


@pytest.mark.parametrize("how", ["ldaps", "start_tls"])
def test_tls_with_an_authority_of_the_tenants_own(
    world: World, alphas: Directory, tls: Any, trust: Trust, how: str
) -> None:
    alphas.fill([clerk()])
    encrypted = {
        "ldaps": {"server": alphas.tls_url},
        "start_tls": {"server": f"ldap://localhost:{alphas.port}", "start_tls": True},
    }[how]
    trust(world.alpha, alphas, config={**encrypted, "ca_certificates": tls.authority})
    assert enters(world.alpha, "amina") is not None


@pytest.mark.parametrize("how", ["ldaps", "start_tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    world: World, alphas: Directory, trust: Trust, how: str
) -> None:
    alphas.fill([clerk()])
    encrypted = {
        "ldaps": {"server": alphas.tls_url},
        "start_tls": {"server": f"ldap://localhost:{alphas.port}", "start_tls": True},
    }[how]
    trust(world.alpha, alphas, config=encrypted)
    with pytest.raises(ValidationError, match="does not answer"):
        enters(world.alpha, "amina")


def test_one_tenants_authority_vouches_for_no_other_tenants_directory(
    world: World, alphas: Directory, betas: Directory, tls: Any, trust: Trust
) -> None:
    alphas.fill([clerk()])
    betas.fill([clerk(mail="stranger@beta.test")])
    pinned = {"server": alphas.tls_url, "ca_certificates": tls.authority}
    trust(world.alpha, alphas, config=pinned)
    trust(world.beta, betas, config={"server": betas.tls_url})
    for _ in range(2):
        assert enters(world.alpha, "amina") is not None
        with pytest.raises(ValidationError, match="does not answer"):
            enters(world.beta, "amina")


@pytest.mark.parametrize(
    "server", ["ldap://10.0.0.1", "ldaps://169.254.169.254", "ldaps://[::1]", "ldap://127.0.0.1"]
)
def test_where_no_private_network_is_allowed_none_is_asked(
    world: World, alphas: Directory, trust: Trust, settings: Any, server: str
) -> None:
    settings.SSO_PRIVATE_NETWORKS = []
    trust(world.alpha, alphas, config={"server": server})
    with pytest.raises(ValidationError, match="does not answer"):
        enters(world.alpha, "amina")
