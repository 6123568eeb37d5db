"""Invariant 13: a voucher activates once, nobody is let in after its end, no session outlasts it.

Against the real FreeRADIUS, in front of the product's own functions and rows.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from radius.models import Plan, Subscriber
from radius.services import plan_update, subscriber_create
from radius.vouchers import codes
from radius.vouchers.models import State, Voucher
from radius.vouchers.selectors import code_of
from radius.vouchers.services import voucher_sell, voucher_void
from tests.conftest import World
from tests.radius.freeradius.answers import WRONG, accepted, refused
from tests.radius.freeradius.server import Freeradius, wait_until
from tests.radius.freeradius.wire import (
    ACCT_SESSION,
    CALLING,
    SESSION_TIMEOUT,
    START,
    USER_NAME,
    Answer,
    Router,
)

from .conftest import HOUR, Batches

CLASS = 25
MAC = (CALLING, b"02-00-00-00-00-01")
OTHER = (CALLING, b"02-00-00-00-00-02")
DEVICES = "Login refused: too many devices"
EXPIRED = "Login refused: expired"


def seconds(answer: Answer | None) -> int:
    assert answer is not None
    return int.from_bytes(answer.get(SESSION_TIMEOUT) or b"")


def left() -> float:
    ends_at = Voucher.objects.get().ends_at
    assert ends_at is not None
    return (ends_at - datetime.now(UTC)).total_seconds()


def end(moment: datetime) -> None:
    """As if it had been begun so that it ends then."""
    Voucher.objects.update(activated_at=moment - timedelta(seconds=HOUR), ends_at=moment)


def test_the_first_login_begins_it_and_the_session_does_not_outlast_it(
    router: Router, code: str
) -> None:
    answer = router.login(code, code, MAC)
    assert accepted(answer)
    assert HOUR - 5 < seconds(answer) <= left()
    voucher = Voucher.objects.get()
    assert (voucher.state, voucher.mac) == (State.ACTIVATED, "02-00-00-00-00-01")
    assert voucher.ends_at == voucher.activated_at + timedelta(seconds=HOUR)


@pytest.mark.parametrize("write", [str.lower, codes.printed, lambda c: f" {c[:3]} {c[3:]}-"])
def test_case_spaces_and_dashes_do_not_matter(router: Router, code: str, write: object) -> None:
    assert callable(write)
    typed = write(code)
    assert accepted(router.login(typed, typed, MAC))
    assert accepted(router.login(typed, code, MAC))
    assert accepted(router.login(code, codes.printed(code).lower(), MAC))


def test_chap_proves_it_in_the_usual_writings(router: Router, code: str) -> None:
    for typed, password in (
        (code.lower(), code.lower()),
        (code, codes.printed(code)),
        (codes.printed(code), code.lower()),
    ):
        assert accepted(router.login_chap(typed, password)), (typed, password)
    assert refused(router.login_chap(code, "another"))


def test_mschap_proves_it_too(router: Router, code: str) -> None:
    assert accepted(router.login_mschap2(code, code))


def test_a_wrong_password_begins_nothing(router: Router, code: str) -> None:
    assert refused(router.login(code, "another", MAC), WRONG)
    assert refused(router.login_chap(code, "another"), WRONG)
    assert Voucher.objects.get().state == State.SOLD


def test_of_many_devices_at_once_one_gets_in(
    router: Router, freeradius: Freeradius, code: str
) -> None:
    def login(number: int) -> Answer | None:
        mac = (CALLING, f"02-00-00-00-01-{number:02X}".encode())
        mine = freeradius.stranger(router.address)
        return mine.login(code, code, mac)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(login, range(16)))
    assert [accepted(answer) for answer in answers].count(True) == 1
    allowed = {"", DEVICES, "Login refused: voucher in use"}
    assert {answer.message for answer in answers if answer} <= allowed


def test_after_its_end_nobody_is_let_in(router: Router, code: str) -> None:
    assert accepted(router.login(code, code, MAC))
    end(datetime.now(UTC) - timedelta(seconds=1))
    for _ in range(3):
        assert refused(router.login(code, code, MAC), EXPIRED)
    assert refused(router.login_chap(code, code), EXPIRED)


def test_a_later_session_gets_what_is_left(router: Router, code: str) -> None:
    assert accepted(router.login(code, code, MAC))
    end(datetime.now(UTC) + timedelta(seconds=90))
    answer = router.login(code, code, MAC)
    assert 80 < seconds(answer) <= left()
    end(datetime.now(UTC) + timedelta(seconds=1))
    assert refused(router.login(code, code, MAC), EXPIRED)


def test_a_shorter_limit_of_the_plan_stays(router: Router, hourly: Plan, code: str) -> None:
    plan_update(plan=hourly, session_timeout_s=600)
    assert seconds(router.login(code, code, MAC)) == 600


def test_one_that_is_not_sold_is_refused_until_it_is(router: Router, batch: Batches) -> None:
    voucher = Voucher.objects.get(batch=batch(free=False))
    code = code_of(voucher)
    assert refused(router.login(code, code, MAC), "Login refused: voucher not sold")
    voucher_sell(voucher=voucher)
    assert accepted(router.login(code, code, MAC))


def test_a_void_one_is_refused(router: Router, code: str) -> None:
    assert accepted(router.login(code, code, MAC))
    voucher_void(voucher=Voucher.objects.get(), reason="lost")
    assert refused(router.login(code, code, MAC), "Login refused: voucher void")


def test_one_that_was_not_begun_in_time_is_refused(router: Router, batch: Batches) -> None:
    made = batch(expires_at=datetime.now(UTC) + timedelta(days=1))
    code = code_of(Voucher.objects.get())
    made.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    made.save()
    assert refused(router.login(code, code, MAC), EXPIRED)


def test_a_second_device_waits_for_the_firsts_start(router: Router, code: str) -> None:
    assert accepted(router.login(code, code, MAC))
    assert refused(router.login(code, code, OTHER), DEVICES)
    assert accepted(router.login(code, code, MAC))


def test_the_tenants_own_vouchers_only(freeradius: Freeradius, code: str, world: World) -> None:
    other = freeradius.router("127.62.0.1", "ts_beta")
    assert refused(other.login(code, code, MAC), WRONG)
    assert Voucher.objects.get().state == State.SOLD


def test_no_code_stands_in_logins_or_sessions(
    router: Router, freeradius: Freeradius, code: str
) -> None:
    answer = router.login(code, code, MAC)
    name = f"voucher-{Voucher.objects.get().pk}".encode()
    assert answer is not None
    assert (answer.get(USER_NAME), answer.get(CLASS)) == (name, name)
    router.login(code, "another", MAC)
    session = ((ACCT_SESSION, b"s1"), (USER_NAME, code.encode()), (CLASS, name), MAC)
    router.account(START, *session)
    wait_until(lambda: freeradius.accounting(User_Name=name.decode()))
    logins = freeradius.logins(User_Name=name.decode(), source=router.address)
    assert [login["reply"] for login in logins] == ["Access-Accept", "Access-Reject"]
    spooled = "".join(freeradius.lines("acct") + freeradius.lines("postauth"))
    assert code not in spooled


def test_an_entitlement_ends_and_no_session_outlasts_it(router: Router, hourly: Plan) -> None:
    until = datetime.now(UTC) + timedelta(seconds=120)
    subscriber_create(username="amina", password="secret1", plan=hourly, expires_at=until)
    answer = router.login("amina", "secret1", MAC)
    assert accepted(answer)
    remaining = (until.replace(microsecond=0) - datetime.now(UTC)).total_seconds()
    assert 100 < seconds(answer) <= remaining


def test_after_an_entitlements_end_nobody_is_let_in(router: Router, hourly: Plan) -> None:
    until = datetime.now(UTC)
    subscriber_create(username="amina", password="secret1", plan=hourly, expires_at=until)
    assert refused(router.login("amina", "secret1", MAC), EXPIRED)
    assert refused(router.login_chap("amina", "secret1"), EXPIRED)
    assert Subscriber.objects.get().expires_at == until
