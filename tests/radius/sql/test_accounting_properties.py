"""However records are ordered, repeated and cut into batches, the sessions and octets are right."""

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..lines import NOW, record
from .model import FIVE_MINUTES, Model, Packet

KINDS = {"S": "Start", "I": "Interim-Update", "P": "Stop", "O": "Accounting-On"}
DAY = 86400
# Offsets that meet the rules' limits: the same second, five minutes, and midnight.
OFFSETS = st.one_of(
    st.integers(0, 900),
    st.sampled_from([0, 1, 60, 299, 300, 301, 302, 600, 601, 602, DAY // 2 - 1, DAY // 2]),
)
USERS = ("amina", "brian")


def packets(
    routers: int, devices: int, offsets: st.SearchStrategy[int] = OFFSETS
) -> st.SearchStrategy[list[Packet]]:
    def build(
        kind: str, offset: int, where: int, who: int, number: int, octets: Any, seconds: Any
    ) -> Packet:
        nas, at = f"10.0.0.{where}", NOW - DAY + offset
        if kind == "O":
            return Packet("O", at, nas)
        user = USERS[who % 2]
        # A device per session, unless `devices` makes sessions share one: then they roam.
        device = f"00-0{number % devices}" if devices else f"0{where}-0{number}"
        mac = f"02-00-00-{device}-0{who}"
        return Packet(kind, at, nas, f"s{number}", user, mac, seconds, octets, f"cause {octets}")

    one = st.builds(
        build,
        st.sampled_from("SSIIIIPPO"),
        offsets,
        st.integers(1, routers),
        st.integers(0, 1),
        st.integers(0, 2),
        st.one_of(st.none(), st.integers(0, 1000)),
        st.one_of(st.none(), st.integers(0, 400)),
    )
    return st.lists(one, min_size=1, max_size=25)


def line(packet: Packet) -> bytes:
    return record(
        KINDS[packet.kind],
        packet.at,
        nas=packet.nas,
        session=packet.session or None,
        user=packet.user or None,
        mac=packet.mac or None,
        seconds=packet.seconds,
        octets_in=packet.octets,
        cause=packet.cause if packet.kind == "P" else None,
    )


def fed(radius: Any, stream: list[Packet], cuts: list[int]) -> None:
    radius.run("TRUNCATE ts_sqla.radacct, ts_sqla.radacct_open, ts_sqla.usage_daily")
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for begin, end in itertools.pairwise(edges):
        radius.feed(*map(line, stream[begin:end]))


def stored(radius: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (
            row["nasipaddress"], row["username"], row["callingstationid"],
            int(row["acctstarttime"].timestamp()), int(row["acctupdatetime"].timestamp()),
            int(row["acctstoptime"].timestamp()) if row["acctstoptime"] else 0,
            row["acctterminatecause"] or "", row["acctinputoctets"], row["acctsessiontime"],
        )
        for row in radius.sessions()
    )  # fmt: skip


def expected(model: Model) -> list[tuple[Any, ...]]:
    return sorted(
        (
            session.nas, session.user, session.mac, session.start, session.update,
            session.stop or 0, session.cause or "", session.octets, session.seconds,
        )
        for session in model.sessions
    )  # fmt: skip


def check(radius: Any, stream: list[Packet], cuts: list[int]) -> None:
    model = Model()
    for packet in stream:
        model.apply(packet)
    fed(radius, stream, cuts)
    assert stored(radius) == expected(model)
    usage = {key: (used[0], used[2], used[3]) for key, used in radius.usage().items()}
    wanted = {key: tuple(used) for key, used in model.usage.items() if any(used)}
    assert {key: used for key, used in usage.items() if any(used)} == wanted


COMMON = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CUTS = st.lists(st.integers(0, 30), max_size=5)


@COMMON
@given(stream=packets(routers=2, devices=0), cuts=CUTS)
def test_any_order_and_any_batches_come_to_the_same_as_one_record_at_a_time(
    radius_schema: Any, stream: list[Packet], cuts: list[int]
) -> None:
    check(radius_schema, stream, cuts)


@COMMON
@given(stream=packets(routers=2, devices=2))
def test_roaming_devices_one_record_at_a_time_follow_the_rules(
    radius_schema: Any, stream: list[Packet]
) -> None:
    check(radius_schema, stream, list(range(len(stream))))


@COMMON
@given(stream=packets(routers=2, devices=2), cuts=CUTS)
def test_octets_count_once_however_devices_roam(
    radius_schema: Any, stream: list[Packet], cuts: list[int]
) -> None:
    fed(radius_schema, stream, cuts)
    sessions = radius_schema.sessions()
    used = radius_schema.usage().values()
    assert sum(day[0] for day in used) == sum(row["acctinputoctets"] for row in sessions)
    assert sum(day[2] for day in used) == sum(row["acctsessiontime"] for row in sessions)
    assert sum(day[3] for day in used) == len(sessions)
    assert len({row["acctuniqueid"] for row in sessions}) == len(sessions)


@COMMON
@given(stream=packets(2, 0, offsets=st.integers(0, FIVE_MINUTES - 1)), cuts=CUTS)
def test_a_whole_stream_again_changes_nothing(
    radius_schema: Any, stream: list[Packet], cuts: list[int]
) -> None:
    """Within five minutes no session id is used again, so every repeated packet finds its own."""
    stream = [packet for packet in stream if packet.kind != "O"]
    fed(radius_schema, stream, cuts)
    before = stored(radius_schema), radius_schema.usage()
    radius_schema.feed(*map(line, stream))
    for packet in stream:
        radius_schema.feed(line(packet))
    assert (stored(radius_schema), radius_schema.usage()) == before
