"""Login attempts in radpostauth."""

from datetime import UTC, datetime
from typing import Any

from ..lines import NOW, login


def rows(radius: Any) -> list[Any]:
    found: list[Any] = radius.run("SELECT * FROM ts_sqla.radpostauth ORDER BY id")
    return found


def test_an_accept_and_a_reject_are_kept_with_their_reason(radius_schema: Any) -> None:
    radius_schema.feed_logins(
        login(mac="aabb.ccdd.eeff", called="AABBCCDDEEFF:Cafe", port="7", identifier="ap1"),
        login(reply="Access-Reject", reason="wrong password"),
    )
    accept, reject = rows(radius_schema)
    assert (accept["reply"], accept["reason"]) == ("Access-Accept", None)
    assert (accept["callingstationid"], accept["ssid"]) == ("AA-BB-CC-DD-EE-FF", "Cafe")
    assert accept["authdate"] == datetime.fromtimestamp(NOW, UTC)
    assert (reject["reply"], reject["reason"]) == ("Access-Reject", "wrong password")


def test_there_is_no_place_for_a_password(radius_schema: Any) -> None:
    columns = radius_schema.run(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'ts_sqla.radpostauth'::regclass"
    )
    assert not [name for (name,) in columns if "pass" in name]


def test_long_fields_are_cut_and_not_refused(radius_schema: Any) -> None:
    radius_schema.feed_logins(login("x" * 300, reason="y" * 300, called="z" * 300))
    (row,) = rows(radius_schema)
    assert (len(row["username"]), len(row["reason"]), len(row["calledstationid"])) == (
        253,
        128,
        253,
    )


def test_a_login_without_a_name_is_kept(radius_schema: Any) -> None:
    radius_schema.feed_logins(login("", reply="Access-Reject", reason="unknown user"))
    assert rows(radius_schema)[0]["username"] == ""


def test_each_tenant_gets_its_own_logins(radius_schema: Any) -> None:
    radius_schema.feed_logins(login("amina"), login("otieno", tenant="ts_sqlb"))
    assert [row["username"] for row in rows(radius_schema)] == ["amina"]
