"""What single tenants want otherwise than the partition policies, in the platform's admin."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tenants.models import PartitionOverride
from tenants.overrides import services
from tenants.overrides.rules import MOST_KEEP_DAYS, OverrideInvalid, tenant_policies
from tenants.overrides.services import override_delete, override_save
from tenants.partitioning import overrides
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from wificore.audit.models import AuditEntry
from wificore.audit.partitions import KEEP_DAYS
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.partitions import Override, planned

URL = "/admin/tenants/partitionoverride/"
WEEKS = {"table": "radacct", "interval": "week", "ahead": "", "keep_days": "30"}


@pytest.fixture
def browser(operator: Person) -> Client:
    return sign_in(operator.host, operator.email)


def stored() -> list[tuple[Any, ...]]:
    with platform_context():
        rows = PartitionOverride.objects.order_by("pk")
        return list(rows.values_list("tenant__slug", "table", "interval", "ahead", "keep_days"))


def add(browser: Client, world: World, **values: Any) -> Any:
    return browser.post(f"{URL}add/", {"tenant": world.alpha.pk, **WEEKS, **values})


def errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200, page.content
    found: dict[str, list[str]] = page.context["adminform"].form.errors
    return dict(found)


def key() -> int:
    with platform_context():
        return PartitionOverride.objects.get().pk


def test_an_operator_gives_a_tenant_weeks_and_thirty_days(browser: Client, world: World) -> None:
    assert add(browser, world).status_code == 302
    assert stored() == [("alpha", "radacct", "week", None, 30)]
    known = overrides(["ts_alpha", "ts_beta"])
    assert known == {("ts_alpha", "radacct"): Override("week", None, 30)}
    with platform_context():  # and the engine can follow it
        planned(["ts_alpha", "ts_beta"], datetime.now(UTC), overrides=known)
        line = AuditEntry.objects.get(action="partition_override.created")
    assert line.actor_name == "operator@platform.test"
    assert line.new == {"tenant": world.alpha.pk, **WEEKS, "ahead": None, "keep_days": 30}


def test_the_list_shows_what_differs_and_the_policy_in_brackets(
    browser: Client, world: World
) -> None:
    add(browser, world)
    page = browser.get(URL).content.decode()
    for text in ("Alpha WiFi", "radacct", "week", "(7)", "30"):
        assert text in page


def test_the_form_tells_the_policies_and_what_a_change_of_interval_does(browser: Client) -> None:
    page = browser.get(f"{URL}add/").content.decode()
    assert "radpostauth: a day, 7 days ahead, kept 90 days" in page
    assert "partitions that exist stay as they are" in page
    assert "events_log" not in page


def test_it_is_changed_and_stays_its_tenants_and_tables(browser: Client, world: World) -> None:
    add(browser, world)
    change = {**WEEKS, "tenant": world.beta.pk, "table": "radpostauth", "interval": "month"}
    assert browser.post(f"{URL}{key()}/change/", change).status_code == 302
    assert stored() == [("alpha", "radacct", "month", None, 30)]
    with platform_context():
        line = AuditEntry.objects.get(action="partition_override.updated")
    assert (line.old, line.new) == ({"interval": "week"}, {"interval": "month"})


@pytest.mark.parametrize("bulk", [True, False])
def test_it_is_deleted_and_the_policy_holds_again(
    browser: Client, world: World, bulk: bool
) -> None:
    add(browser, world)
    if bulk:
        chosen = {"action": "delete_selected", "_selected_action": key(), "post": "yes"}
        browser.post(URL, chosen)
    else:
        browser.post(f"{URL}{key()}/delete/", {"post": "yes"})
    assert (stored(), overrides(["ts_alpha"])) == ([], {})
    with platform_context():
        assert AuditEntry.objects.filter(action="partition_override.deleted").count() == 1


@pytest.mark.parametrize(
    ("values", "field", "why"),
    [
        ({"table": "pg_class"}, "table", "Select a valid choice"),
        ({"table": "events_log"}, "table", "Select a valid choice"),
        ({"interval": "year"}, "interval", "Select a valid choice"),
        ({"ahead": 1}, "ahead", "From 2 to 31 days"),
        ({"ahead": 32}, "ahead", "From 2 to 31 days"),
        ({"ahead": -1}, "ahead", "greater than or equal to 0"),
        ({"keep_days": 0}, "keep_days", "kept from 7 to 36,500 days"),
        ({"keep_days": 6}, "keep_days", "kept from 7 to 36,500 days"),
        ({"keep_days": MOST_KEEP_DAYS + 1}, "keep_days", "kept from 7 to 36,500 days"),
        ({"table": "audit_entry", "keep_days": 90}, "keep_days", "audit_entry is kept from 2,588"),
        ({"interval": "", "keep_days": ""}, "interval", "Say what is to be otherwise"),
        ({"tenant": ""}, "tenant", "required"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    browser: Client, world: World, values: dict[str, Any], field: str, why: str
) -> None:
    found = errors(add(browser, world, **values))
    assert list(found) == [field]
    assert why in found[field][0]
    assert stored() == []


def test_one_tenant_has_one_override_for_a_table(browser: Client, world: World) -> None:
    add(browser, world)
    assert "change that one" in errors(add(browser, world))["table"][0]
    with pytest.raises(OverrideInvalid, match="change that one"):
        override_save(override=PartitionOverride(tenant=world.alpha, table="radacct", ahead=9))
    assert add(browser, world, tenant=world.beta.pk).status_code == 302
    assert len(stored()) == 2


def test_two_operators_at_once_make_one(
    browser: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(browser, world)
    monkeypatch.setattr(services, "check", lambda _override: None)  # as it was just before
    with pytest.raises(OverrideInvalid, match="change that one"):
        override_save(override=PartitionOverride(tenant=world.alpha, table="radacct", ahead=9))
    assert len(stored()) == 1


@pytest.mark.parametrize("table", ["events_log", "pg_class", ""])
def test_the_service_refuses_tables_that_no_tenant_has(world: World, table: str) -> None:
    with pytest.raises(OverrideInvalid, match="There are: audit_entry, jobs_job, radacct"):
        override_save(override=PartitionOverride(tenant=world.alpha, table=table, ahead=9))


def test_the_service_refuses_an_interval_that_the_engine_does_not_know(world: World) -> None:
    strange = PartitionOverride(tenant=world.alpha, table="radacct", interval="hour")
    with pytest.raises(OverrideInvalid, match="Give day, week or month"):
        override_save(override=strange)


def test_the_trail_can_be_kept_longer_and_not_shorter(world: World) -> None:
    assert tenant_policies()["audit_entry"].least_days == KEEP_DAYS
    longer = PartitionOverride(tenant=world.alpha, table="audit_entry", keep_days=KEEP_DAYS + 1)
    override_delete(override=override_save(override=longer))


def test_a_tenants_owner_has_no_such_page(owner: Person) -> None:
    browser = sign_in(owner.host, owner.email)
    assert browser.get(URL).status_code == 404
