"""The one evaluator: roles allow, tokens only narrow, everything else is denied."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wificore.access.decide import CODES, ROLES, decide


@dataclass
class Who:
    role: str = "owner"
    is_active: bool = True


@dataclass
class Limit:
    abilities: Sequence[str] | None


def test_an_owner_may_and_a_clerk_may_not_change_routers() -> None:
    assert decide(Who("owner"), None, "radius.nas.manage").allowed
    assert not decide(Who("clerk"), None, "radius.nas.manage").allowed


def test_an_inactive_user_may_nothing() -> None:
    decision = decide(Who(is_active=False), None, "radius.plan.view")
    assert (decision.allowed, decision.reason) == (False, "inactive")


def test_an_unknown_code_is_denied_even_to_an_owner() -> None:
    assert decide(Who(), Limit(["*"]), "radius.plan.destroy").reason == "unknown"


def test_an_unknown_role_may_nothing() -> None:
    assert decide(Who("ghost"), None, "radius.plan.view").reason == "default"


def test_a_tokens_empty_abilities_let_nothing_through() -> None:
    assert decide(Who(), Limit([]), "radius.plan.view").reason == "token"


def test_a_token_never_grants_what_its_user_may_not() -> None:
    assert not decide(Who("clerk"), Limit(["*"]), "radius.nas.manage").allowed


def test_an_operator_has_no_right_in_any_tenant() -> None:
    tenant_only = [code for code in CODES if code.startswith("radius.")]
    assert not any(decide(Who("operator"), None, code).allowed for code in tenant_only)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_no_tenant_role_reaches_the_platforms_codes(role: str) -> None:
    assert not any(code.startswith("tenants.") for code in ROLES[role])


@given(
    st.sampled_from([*ROLES, "ghost"]),
    st.booleans(),
    st.none() | st.lists(st.sampled_from([*CODES, "*", "x.y"])),
    st.sampled_from([*CODES, "x.y"]),
)
def test_every_allow_has_a_role_that_grants_and_a_token_that_does_not_forbid(
    role: str, active: bool, abilities: list[str] | None, code: str
) -> None:
    allowed = decide(Who(role, active), Limit(abilities), code).allowed
    granted = active and code in CODES and code in ROLES.get(role, ())
    lets_through = abilities is None or "*" in abilities or code in abilities
    assert allowed == (granted and lets_through)
