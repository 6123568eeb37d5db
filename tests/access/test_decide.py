"""The one evaluator: roles allow, positions deny, tokens narrow, everything else is denied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from wificore.access.codes import CODES, PLATFORM_ROLES, TENANT_ROLES, Permission
from wificore.access.decide import (
    PositionRule,
    Record,
    RoleRule,
    Subject,
    decide,
    effective,
    in_scope,
    limit_of,
)
from wificore.access.subjects import role_rule

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
VIEW, MANAGE = "radius.nas.view", "radius.nas.manage"


@dataclass
class Token:
    abilities: Sequence[str] | None


def somebody(*roles: str, **fields: object) -> Subject:
    rules = tuple(role_rule(role, (), built_in=True) for role in roles)
    return replace(Subject("ts_alpha", "7", True, TODAY, rules), **fields)


def holding(subject: Subject, *positions: PositionRule) -> Subject:
    return replace(subject, positions=positions)


@pytest.fixture
def refund(monkeypatch: pytest.MonkeyPatch) -> str:
    """A code with a limit that asks for other hands; the ledger brings the first real ones."""
    monkeypatch.setitem(
        CODES, "water.refund.create", Permission("Refund", limit="refund_max", other_hands=True)
    )
    return "water.refund.create"


def test_an_owner_may_and_a_cashier_may_not_change_routers() -> None:
    assert decide(somebody("owner"), None, MANAGE).reason == "role"
    assert decide(somebody("cashier"), None, MANAGE).reason == "default"


def test_an_inactive_user_may_nothing() -> None:
    gone = somebody("owner", is_active=False)
    assert decide(gone, None, VIEW).reason == "inactive"
    assert effective(gone) == []


def test_a_record_of_another_tenant_is_denied_before_anything_else() -> None:
    assert decide(somebody("owner"), None, VIEW, Record(schema="ts_beta")).reason == "inactive"
    assert decide(somebody("owner"), None, VIEW, Record(schema="ts_alpha")).allowed


def test_an_unknown_code_is_denied_even_to_an_owner() -> None:
    assert decide(somebody("owner"), Token(["*"]), "radius.plan.destroy").reason == "unknown"


def test_a_trainees_position_denies_what_the_role_allows() -> None:
    trainee = PositionRule(1, "Trainee", denials=frozenset({"radius.subscriber.manage"}))
    cashier = holding(somebody("cashier"), trainee)
    decision = decide(cashier, None, "radius.subscriber.manage")
    assert (decision.reason, decision.rule) == ("position", "the position Trainee denies it")
    assert decide(cashier, None, "radius.subscriber.view").allowed


def test_of_two_positions_that_grant_and_deny_the_denial_wins() -> None:
    grants = PositionRule(1, "Fitter", grants=frozenset({MANAGE}))
    denies = PositionRule(2, "Guest", denials=frozenset({"radius.nas.*"}))
    assert decide(holding(somebody(), grants), None, MANAGE).allowed
    assert not decide(holding(somebody(), grants, denies), None, MANAGE).allowed


@pytest.mark.parametrize("denial", ["radius.nas.manage", "radius.nas.*", "radius.*", "*"])
def test_an_owner_with_a_denying_position_is_denied(denial: str) -> None:
    owner = holding(somebody("owner"), PositionRule(1, "Away", denials=frozenset({denial})))
    assert decide(owner, None, MANAGE).reason == "position"


def test_an_acting_position_lives_from_its_first_to_its_last_day() -> None:
    acting = PositionRule(1, "Acting", frozenset({MANAGE}), starts_on=TODAY, ends_on=TODAY + DAY)
    subject = holding(somebody(), acting)
    days = {
        n: decide(replace(subject, today=TODAY + n * DAY), None, MANAGE).allowed
        for n in (-1, 0, 1, 2)
    }
    assert days == {-1: False, 0: True, 1: True, 2: False}


def test_a_protected_code_is_never_granted_by_a_position() -> None:
    forged = PositionRule(1, "Forged", grants=frozenset({"access.role.manage"}))
    assert decide(holding(somebody(), forged), None, "access.role.manage").reason == "default"


def test_a_tokens_empty_abilities_let_nothing_through() -> None:
    assert decide(somebody("owner"), Token([]), VIEW).reason == "token"


def test_a_token_narrows_an_allowed_user_and_never_grants() -> None:
    assert decide(somebody("owner"), Token([VIEW]), VIEW).allowed
    assert decide(somebody("owner"), Token([VIEW]), MANAGE).reason == "token"
    assert decide(somebody("cashier"), Token(["*"]), MANAGE).reason == "default"


def test_no_department_and_no_sites_is_no_site_at_all() -> None:
    manager = somebody("manager")
    assert decide(manager, None, MANAGE, Record(site=1)).reason == "scope"
    assert decide(manager, None, MANAGE, Record(site=None)).allowed


def test_a_site_of_ones_own_is_no_shortcut_to_all_of_them() -> None:
    manager = somebody("manager", sites=frozenset({1}))
    assert decide(manager, None, MANAGE, Record(site=1)).allowed
    assert decide(manager, None, MANAGE, Record(site=2)).reason == "scope"


def test_an_owner_and_a_position_over_the_whole_tenant_see_every_site() -> None:
    director = holding(somebody("manager"), PositionRule(1, "Director", whole_tenant=True))
    assert in_scope(director, 9)
    assert in_scope(somebody("owner"), 9)
    assert not in_scope(somebody("manager"), 9)


def test_a_refund_above_the_limit_or_of_ones_own_sale_is_denied(refund: str) -> None:
    position = PositionRule(1, "Till", frozenset({refund}), limits={"refund_max": 100})
    cashier = holding(somebody(), position)
    assert decide(cashier, None, refund, Record(amount_micro=100, maker="8")).allowed
    assert decide(cashier, None, refund, Record(amount_micro=101, maker="8")).reason == "limit"
    assert decide(cashier, None, refund, Record(amount_micro=1, maker="7")).reason == "self"


def test_the_highest_limit_of_the_live_positions_counts() -> None:
    till = PositionRule(1, "Till", limits={"refund_max": 100})
    acting = PositionRule(2, "Acting manager", limits={"refund_max": 900}, ends_on=TODAY)
    subject = holding(somebody(), till, acting)
    assert limit_of(subject, "refund_max") == 900
    assert limit_of(replace(subject, today=TODAY + DAY), "refund_max") == 100
    assert limit_of(somebody("owner"), "refund_max") is None


def test_an_operator_has_no_right_in_any_tenant() -> None:
    tenant_only = [code for code in CODES if code.startswith("radius.")]
    assert not any(decide(somebody("operator"), None, code).allowed for code in tenant_only)


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_no_tenant_role_reaches_the_platforms_codes(role: str) -> None:
    assert not any(code.startswith("tenants.") for code in TENANT_ROLES[role].codes)


@pytest.mark.parametrize("name", [*PLATFORM_ROLES, *TENANT_ROLES])
def test_built_in_roles_name_known_codes_only(name: str) -> None:
    assert {*PLATFORM_ROLES, *TENANT_ROLES} >= {name}
    assert (PLATFORM_ROLES | TENANT_ROLES)[name].codes <= set(CODES)


def test_a_role_of_the_organisations_own_allows_its_exact_codes() -> None:
    own = RoleRule("night", frozenset({VIEW}))
    assert effective(replace(somebody(), roles=(own,))) == [VIEW]
