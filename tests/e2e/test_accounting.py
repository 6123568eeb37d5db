"""Accounting lands once, with its own numbers, in its own tenant, visible through the API."""

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.e2e.conftest import Stack, eventually

OPEN = "SELECT username, acctstoptime FROM ts_{}.radacct_open WHERE acctsessionid = %s"
HISTORY = "SELECT count(*) FROM ts_{}.radacct WHERE acctsessionid = %s"


def send(stack: Stack, slug: str, session: str, status: str, **attributes: Any) -> None:
    nas = stack.tenant(slug)["nas"][0]
    identity = {"User_Name": "amina", "Acct_Session_Id": session, "NAS_IP_Address": nas["ip"]}
    answer = stack.radius("acct", nas, Acct_Status_Type=status, **identity, **attributes)
    assert answer == "Accounting-Response"


def listed(stack: Stack, slug: str, session: str) -> list[dict[str, Any]]:
    rows = stack.api(slug, "/api/v1/radius/sessions/?username=amina&page_size=500")[1]["results"]
    return [row for row in rows if row["session_id"] == session]


def test_a_session_is_open_after_its_start_and_history_after_its_stop(stack: Stack) -> None:
    session = uuid.uuid4().hex[:12]
    send(stack, "acme", session, "Start")
    (row,) = eventually(lambda: listed(stack, "acme", session))
    assert (row["online"], row["stopped_at"]) == (True, None)
    assert stack.sql(OPEN.format("acme"), session) == [("amina", None)]

    send(
        stack,
        "acme",
        session,
        "Stop",
        Acct_Session_Time=60,
        Acct_Terminate_Cause="User-Request",
        Acct_Input_Octets=1000,
        Acct_Output_Octets=100,
        Acct_Output_Gigawords=2,
    )
    ended = eventually(lambda: [r for r in listed(stack, "acme", session) if not r["online"]])[0]
    assert ended["id"] == row["id"]
    assert ended["terminate_cause"] == "User-Request"
    assert (ended["input_octets"], ended["output_octets"]) == (1000, 8_589_934_692)
    today = f"ts_acme.radacct_p{datetime.now(UTC):%Y%m%d}"
    in_partition = stack.sql(f"SELECT count(*) FROM {today} WHERE acctsessionid = %s", session)
    assert in_partition == stack.sql(HISTORY.format("acme"), session) == [(1,)]

    assert stack.api("acme", f"/api/v1/radius/sessions/{row['id']}/")[1] == ended
    # Row numbers overlap between tenants: the same id is nothing there, or another session.
    status, theirs = stack.api("blue", f"/api/v1/radius/sessions/{row['id']}/")
    assert status == 404 or theirs["session_id"] != session
    assert listed(stack, "blue", session) == []
    assert stack.sql(OPEN.format("blue"), session) == []
    assert stack.sql(HISTORY.format("blue"), session) == [(0,)]


def test_a_repeated_stop_changes_nothing(stack: Stack) -> None:
    session = uuid.uuid4().hex[:12]
    for _ in range(2):
        send(stack, "blue", session, "Stop", Acct_Session_Time=10)
    marker = uuid.uuid4().hex[:12]
    send(stack, "blue", marker, "Start")
    eventually(lambda: listed(stack, "blue", marker))
    assert stack.sql(HISTORY.format("blue"), session) == [(1,)]


def test_the_same_session_id_in_both_tenants_is_two_sessions(stack: Stack) -> None:
    session = uuid.uuid4().hex[:12]
    for slug in ("acme", "blue"):
        send(stack, slug, session, "Start")
    for slug in ("acme", "blue"):
        assert len(eventually(lambda s=slug: listed(stack, s, session))) == 1
