"""Whether each session and each reject was published exactly once, by the journal and the rows.

started             1 if the router told of the session before its Stop, else 0
stopped - resumed   1 if the session has ended, 0 while it is online
rejected            the rows of radpostauth that say so, each one, but for the demo's made-up past
log                 numbered without a gap, no event twice
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from radius.simulator.journal import Fact
from tests.e2e.conftest import Stack

EVENTS = """
SELECT payload ->> 'session_id', type, count(*) FROM public.events_log
WHERE tenant = %s AND type LIKE 'session.%%' AND payload ->> 'session_id' LIKE %s GROUP BY 1, 2
"""
REJECTED = """
SELECT id, count(*) FILTER (WHERE told), count(*) FILTER (WHERE NOT told) FROM (
    SELECT payload ->> 'id' AS id, true AS told FROM public.events_log
    WHERE tenant = %s AND type = 'login.rejected'
    UNION ALL
    SELECT to_char(authdate AT TIME ZONE 'UTC', 'YYYYMMDD') || '.' || id, false
    FROM {0}.radpostauth WHERE reply = 'Access-Reject' AND authdate >= (
        SELECT created_at FROM public.tenants_tenant WHERE schema_name = '{0}'
    )
) both_sides GROUP BY id HAVING count(*) FILTER (WHERE told) <> 1
    OR count(*) FILTER (WHERE NOT told) <> 1
"""
ENDED = "SELECT acctsessionid FROM {}.radacct WHERE acctsessionid LIKE %s"
LOG = """
SELECT s.tenant, s.seq, count(l.seq), count(DISTINCT l.seq), count(DISTINCT l.id)
FROM public.events_stream s LEFT JOIN public.events_log l USING (tenant)
GROUP BY s.tenant, s.seq
"""


def waiting(stack: Stack) -> int:
    """Events that are not published yet."""
    ((outbox,),) = stack.sql("SELECT count(*) FROM public.events_outbox")
    ((behind,),) = stack.sql("SELECT coalesce(sum(seq - published), 0) FROM public.events_stream")
    return int(outbox + behind)


def event_faults(stack: Stack, facts: Iterable[Fact]) -> tuple[int, list[str]]:
    """How many events there are of the run's sessions, and what is wrong with any event."""
    told, run = first_told(facts)
    faults = [f"log: {row}" for row in stack.sql(LOG) if len(set(row[1:])) != 1]
    total = 0
    for tenant, sessions in told.items():
        count, found = _session_faults(stack, f"ts_{tenant}", sessions, run)
        total += count
        faults += found
        rejected = stack.sql(REJECTED.format(f"ts_{tenant}"), f"ts_{tenant}")
        faults += [f"rejected (id, events, rows): {row}" for row in rejected]
    return total, faults


def first_told(facts: Iterable[Fact]) -> tuple[dict[str, dict[str, bool]], str]:
    """For each tenant its sessions: whether their first acknowledged packet was no Stop."""
    told: dict[str, dict[str, bool]] = {}
    records: dict[int, Fact] = {}
    run = ""
    for fact in facts:
        match fact["fact"]:
            case "run":
                run, told = fact["run"], {tenant: {} for tenant in fact["tenants"]}
            case "record" if fact["session"]:
                records[fact["n"]] = fact
            case "acked" if fact["n"] in records:
                record = records.pop(fact["n"])
                told[record["tenant"]].setdefault(record["session"], record["status"] != "Stop")
    return told, run


def _session_faults(
    stack: Stack, schema: str, sessions: dict[str, bool], run: str
) -> tuple[int, list[str]]:
    pattern = f"{run}-%"
    events = Counter[tuple[Any, Any]]()
    for session, kind, number in stack.sql(EVENTS, schema, pattern):
        events[session, kind] = number
    ended = {session for (session,) in stack.sql(ENDED.format(schema), pattern)}
    faults = []
    for session in sessions.keys() | {session for session, _ in events}:
        starts = events[session, "session.started"]
        stops = events[session, "session.stopped"] - events[session, "session.resumed"]
        if (starts, stops) != (int(sessions.get(session, False)), int(session in ended)):
            faults.append(f"{schema} {session}: {starts} started, {stops} stopped")
    return events.total(), faults
