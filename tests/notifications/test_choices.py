"""What a preference says: by which ways, and whether it waits."""

from datetime import UTC, datetime, time

import pytest

from wificore.kernel.notices import CRITICAL, INFO, WARNING
from wificore.notifications.choices import channels, malformed, waits_until
from wificore.notifications.models import Preference

NAIROBI = "Africa/Nairobi"


def preference(**values: object) -> Preference:
    return Preference(user_id=1, **values)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(INFO, []), (WARNING, ["email"]), (CRITICAL, ["email", "sms"])],
)
def test_by_default_warnings_go_by_mail_and_critical_ones_also_as_text(
    severity: int, expected: list[str]
) -> None:
    assert channels(preference(), "nas.silent", severity) == expected


def test_never_is_never() -> None:
    chosen = preference(email_from=None, sms_from=None)
    assert channels(chosen, "nas.silent", CRITICAL) == []


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        ("nas.silent", ["sms"]),
        ("nas.seen", ["email"]),
        ("job.finished", []),
        ("signin.locked", ["email"]),
    ],
)
def test_what_is_said_of_a_kind_counts_before_its_severity_and_the_longest_name_first(
    event_type: str, expected: list[str]
) -> None:
    kinds = {"nas.silent": ["sms"], "nas.*": ["email"], "job.*": []}
    assert channels(preference(kinds=kinds), event_type, WARNING) == expected


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        # 22:00 in Nairobi is 19:00 in UTC.
        (datetime(2026, 11, 21, 18, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 19, 0, tzinfo=UTC), datetime(2026, 11, 22, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 21, 23, 0, tzinfo=UTC), datetime(2026, 11, 22, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 2, 59, tzinfo=UTC), datetime(2026, 11, 22, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_over_midnight_are_the_organisations(
    hour: datetime, expected: datetime | None
) -> None:
    chosen = preference(quiet_from=time(22), quiet_until=time(6))
    assert waits_until(chosen, WARNING, hour, NAIROBI) == expected


def test_quiet_hours_within_a_day() -> None:
    chosen = preference(quiet_from=time(12), quiet_until=time(14))
    noon = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    assert waits_until(chosen, WARNING, noon, "UTC") == datetime(2026, 11, 21, 14, tzinfo=UTC)
    assert waits_until(chosen, WARNING, datetime(2026, 11, 21, 14, tzinfo=UTC), "UTC") is None


def test_the_hour_is_the_one_on_the_wall_where_clocks_change_in_the_night() -> None:
    chosen = preference(quiet_from=time(22), quiet_until=time(6))
    # Summer time ends in Berlin at 03:00 on 25 October 2026: 06:00 is 05:00 in UTC.
    before = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)
    after = datetime(2026, 10, 25, 5, 0, tzinfo=UTC)
    assert waits_until(chosen, WARNING, before, "Europe/Berlin") == after


def test_critical_ones_do_not_wait_unless_the_person_wants_to_sleep() -> None:
    night = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    hours = {"quiet_from": time(22), "quiet_until": time(6)}
    assert waits_until(preference(**hours), CRITICAL, night, "UTC") is None
    assert waits_until(preference(**hours, urgent=False), CRITICAL, night, "UTC") is not None


@pytest.mark.parametrize("hours", [{}, {"quiet_from": time(6), "quiet_until": time(6)}])
def test_without_hours_nothing_waits(hours: dict[str, time]) -> None:
    assert waits_until(preference(**hours), INFO, datetime.now(UTC), "UTC") is None


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"nas.silent": ["email", "sms"], "nas.*": [], "*": ["sms"]}, ""),
        ([], "object"),
        ({"nas.gone": []}, "nas.gone"),
        ({"x.*": []}, "x.*"),
        ({"nas.seen": "email"}, "nas.seen"),
        ({"nas.seen": ["pigeon"]}, "nas.seen"),
        ({"nas.seen": [["email"]]}, "nas.seen"),
    ],
)
def test_a_malformed_choice_of_kinds_is_named(kinds: object, words: str) -> None:
    assert words in malformed(kinds, ["nas.silent", "nas.seen"])
    assert bool(words) == bool(malformed(kinds, ["nas.silent", "nas.seen"]))
