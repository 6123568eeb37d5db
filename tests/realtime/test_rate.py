"""At most so many in any one second."""

from wificore.realtime.rate import Rate


def test_any_second_has_its_most_and_the_next_has_its_own() -> None:
    rate = Rate(3)
    assert [rate.allows(now) for now in (0.0, 0.1, 0.9, 0.95)] == [True, True, True, False]
    assert [rate.allows(now) for now in (1.0, 1.05, 1.15, 1.95)] == [True, False, True, True]
