"""wc_authorize_v1: what a login is answered, from compiled rows and from the standard tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ..lines import MAC, interim, restart, start, stop

OTHER_MAC = "02-00-00-00-00-02"
PASSWORD = "Cleartext-Password"


@pytest.fixture(params=["compiled", "general"])
def radius(request: Any, radius_schema: Any) -> Any:
    """Both paths must answer alike: with a compiled row, and from the standard tables alone."""
    radius_schema.compiled = request.param == "compiled"
    return radius_schema


def user(radius: Any, name: str = "amina", group: str | None = None, **checks: str) -> None:
    for attribute, value in ({"Cleartext_Password": "secret"} | checks).items():
        radius.run(
            "INSERT INTO ts_sqla.radcheck (username, attribute, op, value)"
            " VALUES (%s, %s, ':=', %s)",
            name, attribute.replace("_", "-"), value,
        )  # fmt: skip
    if group:
        join(radius, group, 1, name)


def join(radius: Any, group: str, priority: int, name: str = "amina") -> None:
    radius.run(
        "INSERT INTO ts_sqla.radusergroup (username, groupname, priority) VALUES (%s, %s, %s)",
        name, group, priority,
    )  # fmt: skip


def row(radius: Any, table: str, owner: str, attribute: str, value: str, op: str = ":=") -> None:
    column = "groupname" if "group" in table else "username"
    radius.run(
        f"INSERT INTO ts_sqla.{table} ({column}, attribute, op, value) VALUES (%s, %s, %s, %s)",
        owner, attribute, op, value,
    )  # fmt: skip


def ask(radius: Any, name: str = "amina", mac: str = MAC, nas: str = "10.0.0.1") -> dict[str, str]:
    if getattr(radius, "compiled", True):
        radius.run("SELECT ts_sqla.wc_compile_v1(%s)", [name])
    answer: dict[str, str] = radius.authorize(name, nas, mac, "")
    return answer


def test_an_unknown_user_gets_no_row(radius: Any) -> None:
    assert ask(radius, "nobody") == {}


def test_a_known_user_gets_password_and_replies(radius: Any) -> None:
    user(radius, group="plan-1")
    row(radius, "radgroupreply", "plan-1", "Mikrotik-Rate-Limit", "2M/5M")
    row(radius, "radgroupreply", "plan-1", "Session-Timeout", "3600")
    assert ask(radius) == {
        PASSWORD: "secret",
        "Mikrotik-Rate-Limit": "2M/5M",
        "Session-Timeout": "3600",
    }


@pytest.mark.parametrize(
    "name",
    ["O'Neil", 'a"b\\c', "+254712345678", "José 漢字", "x" * 253, "a' OR '1'='1", "%{User-Name}"],
)
def test_any_name_logs_in(radius: Any, name: str) -> None:
    user(radius, name)
    assert ask(radius, name)[PASSWORD] == "secret"


def test_names_are_exact(radius: Any) -> None:
    user(radius, "Amina")
    assert ask(radius, "amina") == {}


def test_the_other_tenants_user_of_the_same_name_has_another_password(radius: Any) -> None:
    user(radius)
    radius.run(
        "INSERT INTO ts_sqlb.radcheck (username, attribute, op, value)"
        " VALUES ('amina', 'Cleartext-Password', ':=', 'other')"
    )
    assert ask(radius)[PASSWORD] == "secret"


def test_an_expired_account_gets_its_password_and_the_reason(radius: Any) -> None:
    user(radius, group="plan-1", Expiration="01 Jan 2020 00:00:00")
    row(radius, "radgroupreply", "plan-1", "Session-Timeout", "3600")
    assert ask(radius) == {PASSWORD: "secret", "WC-Reason": "expired"}


def test_the_session_ends_when_the_account_does(radius: Any) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=600)
    user(radius, group="plan-1", Expiration=soon.strftime("%d %b %Y %H:%M:%S"))
    row(radius, "radgroupreply", "plan-1", "Session-Timeout", "3600")
    assert 500 < int(ask(radius)["Session-Timeout"]) <= 600


def test_the_plans_limit_stays_when_the_account_lasts_longer(radius: Any) -> None:
    user(radius, group="plan-1", Expiration="31 Dec 2199 00:00:00")
    row(radius, "radgroupreply", "plan-1", "Session-Timeout", "3600")
    assert ask(radius)["Session-Timeout"] == "3600"


def test_expiration_is_in_the_tenants_zone(radius: Any) -> None:
    radius.run("INSERT INTO ts_sqla.radius_settings (timezone) VALUES ('Africa/Nairobi')")
    local = datetime.now(UTC) + timedelta(hours=2)
    user(radius, Expiration=local.strftime("%d %b %Y %H:%M:%S"))
    assert ask(radius)["WC-Reason"] == "expired"


def test_an_expiration_that_cannot_be_read_has_passed(radius: Any) -> None:
    user(radius, Expiration="soon")
    assert ask(radius)["WC-Reason"] == "expired"


def test_a_suspended_account_gets_its_password_and_the_reason(radius: Any) -> None:
    user(radius, Auth_Type="Reject")
    assert ask(radius) == {PASSWORD: "secret", "WC-Reason": "suspended"}


def test_other_devices_of_the_account_count(radius: Any) -> None:
    user(radius, Simultaneous_Use="1")
    radius.feed(start(_now()))
    assert ask(radius, mac=OTHER_MAC) == {PASSWORD: "secret", "WC-Reason": "too many devices"}


def test_the_same_device_does_not_count_however_its_mac_is_spelled(radius: Any) -> None:
    user(radius, Simultaneous_Use="1")
    radius.feed(start(_now()))
    assert "WC-Reason" not in ask(radius, mac="02:00:00:00:00:01")


def test_as_many_devices_as_the_plan_allows(radius: Any) -> None:
    user(radius, group="plan-1")
    row(radius, "radgroupcheck", "plan-1", "Simultaneous-Use", "2")
    radius.feed(start(_now()))
    assert "WC-Reason" not in ask(radius, mac=OTHER_MAC)
    radius.feed(start(_now(), session="s2", mac=OTHER_MAC))
    assert ask(radius, mac="02-00-00-00-00-03")["WC-Reason"] == "too many devices"


@pytest.mark.parametrize("value", ["0", None])
def test_no_limit_on_devices(radius: Any, value: str | None) -> None:
    user(radius, **({"Simultaneous_Use": value} if value else {}))
    radius.feed(start(_now()), start(_now(), session="s2", mac=OTHER_MAC))
    assert "WC-Reason" not in ask(radius, mac="02-00-00-00-00-03")


def test_ended_silent_and_other_tenants_sessions_do_not_count(radius: Any) -> None:
    user(radius, Simultaneous_Use="1")
    now = _now()
    radius.feed(
        start(now - 100), stop(now - 50),
        start(now - 100, session="s2", nas="10.0.0.2"), restart(now - 50, nas="10.0.0.2"),
        interim(now - 800, received=now, session="s3"), start(now, tenant="ts_sqlb"),
    )  # fmt: skip
    assert "WC-Reason" not in ask(radius, mac=OTHER_MAC)


def test_a_backlog_does_not_make_sessions_look_silent(radius: Any) -> None:
    user(radius, Simultaneous_Use="1")
    radius.feed(start(_now() - 3600))
    assert ask(radius, mac=OTHER_MAC)["WC-Reason"] == "too many devices"
    radius.database.idle("acct")
    assert "WC-Reason" not in ask(radius, mac=OTHER_MAC)


def test_the_plans_interim_interval_says_when_a_session_is_silent(radius: Any) -> None:
    user(radius, group="plan-1", Simultaneous_Use="1")
    row(radius, "radgroupreply", "plan-1", "Acct-Interim-Interval", "900")
    radius.feed(start(_now() - 1500))
    radius.database.idle("acct")
    assert ask(radius, mac=OTHER_MAC)["WC-Reason"] == "too many devices"


def test_the_users_own_row_wins_over_the_groups(radius: Any) -> None:
    user(radius, group="plan-1")
    row(radius, "radgroupreply", "plan-1", "Mikrotik-Rate-Limit", "2M/5M")
    row(radius, "radreply", "amina", "Mikrotik-Rate-Limit", "9M/9M")
    assert ask(radius)["Mikrotik-Rate-Limit"] == "9M/9M"


def test_the_group_with_the_lower_priority_number_wins(radius: Any) -> None:
    user(radius)
    for group, priority, rate in (("slow", 5, "1M/1M"), ("fast", 1, "8M/8M")):
        join(radius, group, priority)
        row(radius, "radgroupreply", group, "Mikrotik-Rate-Limit", rate)
    assert ask(radius)["Mikrotik-Rate-Limit"] == "8M/8M"


def test_fall_through_reads_the_next_group_too(radius: Any) -> None:
    user(radius)
    for group, priority in (("first", 1), ("second", 2)):
        join(radius, group, priority)
        row(radius, "radgroupreply", group, "Reply-Message", group)
    row(radius, "radgroupreply", "second", "Framed-Pool", "pool")
    assert "Framed-Pool" not in ask(radius)
    row(radius, "radgroupreply", "first", "Fall-Through", "Yes", "=")
    answer = ask(radius)
    assert (answer["Reply-Message"], answer["Framed-Pool"]) == ("first", "pool")
    assert "Fall-Through" not in answer


def test_a_check_of_the_router_depends_on_the_packet(radius: Any) -> None:
    user(radius)
    row(radius, "radcheck", "amina", "NAS-IP-Address", "10.0.0.1", "==")
    assert "WC-Reason" not in ask(radius)
    assert ask(radius, nas="10.0.0.9")["WC-Reason"] == "not allowed from here"


def test_a_check_of_the_device_takes_any_spelling(radius: Any) -> None:
    user(radius)
    row(radius, "radcheck", "amina", "Calling-Station-Id", "0200.0000.0001", "==")
    assert "WC-Reason" not in ask(radius)
    assert ask(radius, mac=OTHER_MAC)["WC-Reason"] == "not allowed from here"


def test_a_check_nobody_can_make_fails_closed(radius: Any) -> None:
    user(radius)
    row(radius, "radcheck", "amina", "Some-Attribute", "x", "==")
    assert ask(radius)["WC-Reason"] == "not allowed from here"


def test_a_group_whose_checks_do_not_hold_is_skipped(radius: Any) -> None:
    user(radius)
    for group, priority in (("here", 1), ("anywhere", 2)):
        join(radius, group, priority)
        row(radius, "radgroupreply", group, "Reply-Message", group)
    row(radius, "radgroupcheck", "here", "NAS-IP-Address", "10.0.0.1", "==")
    assert ask(radius)["Reply-Message"] == "here"
    assert ask(radius, nas="10.0.0.9")["Reply-Message"] == "anywhere"


def test_other_kinds_of_passwords_come_first_too(radius_schema: Any) -> None:
    row(radius_schema, "radreply", "amina", "Reply-Message", "hello")
    row(radius_schema, "radcheck", "amina", "NT-Password", "8846F7EAEE8FB117AD06BDD830B7586C")
    assert list(ask(radius_schema)) == ["NT-Password", "Reply-Message"]


def test_compiling_all_forgets_users_who_are_gone(radius_schema: Any) -> None:
    user(radius_schema)
    user(radius_schema, "brian")
    assert radius_schema.one("SELECT ts_sqla.wc_compile_v1()")[0] == 2
    radius_schema.run("DELETE FROM ts_sqla.radcheck WHERE username = 'brian'")
    assert radius_schema.one("SELECT ts_sqla.wc_compile_v1()")[0] == 1
    assert radius_schema.authorize("brian", "", "", "") == {}


def test_a_login_touches_no_partitioned_table(radius_schema: Any) -> None:
    user(radius_schema, Simultaneous_Use="1")
    ask(radius_schema)
    with radius_schema.database._transaction() as cursor:
        cursor.execute("SELECT * FROM ts_sqla.wc_authorize_v1('amina', '', '', '')")
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE l.pid = pg_backend_pid() AND (c.relispartition OR c.relkind = 'p')"
        )
        assert cursor.fetchone()[0] == 0


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
