"""A bucket of messages for each app."""

from wificore.realtime.http.rates import Rates


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_second_of_messages_may_go_at_once_and_no_more() -> None:
    clock = Clock()
    rates = Rates(10, clock)
    assert [rates.take("1", 4) for _ in range(3)] == [0, 0, 1]
    assert rates.take("1", 2) == 0
    clock.now += 0.5
    assert rates.take("1", 6) == 1
    assert rates.take("1", 5) == 0


def test_one_apps_bucket_is_not_anothers() -> None:
    rates = Rates(10, Clock())
    assert rates.take("1", 10) == 0
    assert rates.take("2", 10) == 0
    assert rates.take("1", 1) == 1


def test_what_is_full_again_is_forgotten() -> None:
    clock = Clock()
    rates = Rates(10, clock)
    for number in range(Rates.KEPT):
        rates.take(str(number), 1)
    clock.now += 2
    rates.take("new", 1)
    rates.take("newer", 1)
    assert len(rates._buckets) <= 2
