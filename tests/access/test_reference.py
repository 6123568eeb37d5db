"""Random policies: `decide` agrees with a second evaluator, written from ACCESS' rules alone.

2,000 policies (roles, dated positions with grants, denials and limits, sites, a token), each asked
about every code with a record of its own; the terminal's summary tells how many questions it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wificore.access.codes import CODES, Permission
from wificore.access.decide import Decision, PositionRule, Record, RoleRule, Subject, decide

POLICIES = 2_000
TODAY = date(2026, 11, 21)
SCHEMA = "ts_alpha"

# A small world, so that rules meet: a limit, separation of duties, a protected code.
KNOWN = {
    "water.sale.view": Permission("See sales"),
    "water.refund.create": Permission("Refund", limit="refund_max", other_hands=True),
    "water.refund.view": Permission("See refunds"),
    "ledger.adjust": Permission("Adjust", protected=True, limit="adjust_max"),
    "plan.change": Permission("Change plans", other_hands=True),
}
UNKNOWN = ("water.refund", "water.*", "")
ASKED = (*KNOWN, *UNKNOWN)
PATTERNS = ("*", "water.*", "water.refund.*", "ledger.*", "plan.*")


@dataclass
class Token:
    abilities: list[str] | None


def reference(who: Subject, token: Token | None, code: str, record: Record) -> str:
    """ACCESS' eight rules, in its order."""
    live = [p for p in who.positions if p.starts_on <= who.today and who.today <= p.ends_on]
    if not who.is_active or (record.schema is not None and record.schema != who.schema):
        return "deny(inactive)"
    if code not in KNOWN:
        return "deny(unknown)"
    if token and token.abilities is not None and not {"*", code} & set(token.abilities):
        return "deny(token)"
    prefixes = {code[: n + 1] + "*" for n, letter in enumerate(code) if letter == "."}
    if any(p.denials & {code, "*", *prefixes} for p in live):
        return "deny(position)"
    by_role = any(code in role.codes for role in who.roles)
    if not by_role and not any(code in p.grants and not KNOWN[code].protected for p in live):
        return "deny(default)"
    everywhere = any(rule.whole_tenant for rule in (*who.roles, *live))
    if record.site is not None and record.site not in who.sites and not everywhere:
        return "deny(scope)"
    limits = [p.limits[KNOWN[code].limit] for p in live if KNOWN[code].limit in p.limits]
    if limits and record.amount_micro is not None and record.amount_micro > max(limits):
        return "deny(limit)"
    if KNOWN[code].other_hands and record.maker == who.id:
        return "deny(self)"
    return "allow(role)" if by_role else "allow(position)"


def some(values: Any, size: int = 3) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(list(values)), max_size=size)


days = st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
amounts = st.integers(0, 3)
positions = st.builds(
    PositionRule,
    id=st.integers(1, 9),
    title=st.just("P"),
    grants=some(KNOWN, 4),
    denials=some((*KNOWN, *PATTERNS), 2) | st.just(frozenset()),
    limits=st.dictionaries(st.sampled_from(["refund_max", "adjust_max"]), amounts, max_size=2),
    whole_tenant=st.booleans(),
    starts_on=days | st.just(date.min),
    ends_on=days | st.just(date.max),
)
roles = st.builds(RoleRule, st.just("r"), some(KNOWN, 4), st.sampled_from([False, False, True]))
subjects = st.builds(
    Subject,
    schema=st.just(SCHEMA),
    id=st.just("7"),
    is_active=st.sampled_from([True, True, True, False]),
    today=st.just(TODAY),
    roles=st.lists(roles, max_size=3).map(tuple),
    positions=st.lists(positions, max_size=3).map(tuple),
    sites=some([1, 2, 3]),
)
abilities = st.none() | st.lists(st.sampled_from([*ASKED, "*"]), max_size=4)
tokens = st.none() | st.builds(Token, abilities)
records = st.builds(
    Record,
    schema=st.sampled_from([None, SCHEMA, SCHEMA, "ts_beta"]),
    site=st.none() | st.integers(1, 4),
    maker=st.sampled_from([None, "7", "8"]),
    amount_micro=st.none() | st.integers(0, 4),
)
asked_about = st.lists(records, min_size=len(ASKED), max_size=len(ASKED))


@pytest.fixture(scope="module", autouse=True)
def _small_world() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for code in list(CODES):
            patch.delitem(CODES, code)
        for code, permission in KNOWN.items():
            patch.setitem(CODES, code, permission)
        yield


class Told:
    """Counts, and says at the end of the run how many."""

    def __init__(self) -> None:
        self.policies, self.reasons = 0, dict[str, int]()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        questions = sum(self.reasons.values())
        text = f"decide agreed with its reference: {self.policies} policies, {questions} questions"
        terminalreporter.write_line(f"{text} {dict(sorted(self.reasons.items()))}")


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest) -> Told:
    counter = Told()
    request.config.pluginmanager.register(counter)
    return counter


def test_decide_agrees_with_the_reference_on_random_policies(told: Told) -> None:
    """2,000 policies, eight questions each."""

    @settings(max_examples=POLICIES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(who=subjects, token=tokens, about=asked_about)
    def agree(who: Subject, token: Token | None, about: list[Record]) -> None:
        told.policies += 1
        for code, record in zip(ASKED, about, strict=True):
            wanted, got = reference(who, token, code, record), decide(who, token, code, record)
            assert answer(got) == wanted, (code, record, got)
            assert got.rule, "an answer names its rule"
            told.reasons[wanted] = told.reasons.get(wanted, 0) + 1

    run: Callable[[], None] = agree
    run()
    assert told.policies >= POLICIES
    denials = ("inactive", "unknown", "token", "position", "default", "scope", "limit", "self")
    every = {"allow(role)", "allow(position)", *(f"deny({reason})" for reason in denials)}
    assert set(told.reasons) == every, "some rule was never tried"


def answer(decision: Decision) -> str:
    return f"{'allow' if decision.allowed else 'deny'}({decision.reason})"


@pytest.mark.parametrize("wrong", ["denial", "token", "scope"])
def test_an_evaluator_that_forgets_a_rule_would_be_found(wrong: str) -> None:
    """The test above has teeth: each case decides by the rule that is named."""
    role = RoleRule("r", frozenset(KNOWN))
    deny = PositionRule(1, "P", denials=frozenset({"water.*"}))
    case = {
        "denial": (Subject(SCHEMA, "7", True, TODAY, (role,), (deny,)), None, "position"),
        "token": (Subject(SCHEMA, "7", True, TODAY, (role,)), Token([]), "token"),
        "scope": (Subject(SCHEMA, "7", True, TODAY, (role,)), None, "scope"),
    }[wrong]
    who, token, reason = case
    assert reference(who, token, "water.sale.view", Record(site=1)) == f"deny({reason})"
    assert decide(who, token, "water.sale.view", Record(site=1)).reason == reason
