"""What tests of payments share: M-Pesa's stand-in as a real server, and an account there."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import World
from transactions.payments import tasks
from transactions.payments.gateways.mpesa.simulator import Daraja, server
from transactions.payments.gateways.providers import callback_token, mpesa_account, paystack_account
from transactions.payments.services import mpesa_account_save, paystack_account_save
from wificore.kernel.db.context import tenant_context

PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
PAYSTACK_KEY = "sk_test_hush"
SHORTCODE = "600638"


TASKS = ("send_order", "send_return", "take_message", "ask_payment", "pull_payments")


@pytest.fixture(autouse=True)
def nobody_works(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker of another test takes what this one sends: it does the work itself."""
    if "worker" not in request.fixturenames:
        for name in TASKS:
            monkeypatch.setattr(getattr(tasks, name), "enqueue", lambda *_: None)


@dataclass(frozen=True)
class StandIn:
    """The server and what it knows."""

    url: str
    daraja: Daraja


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """M-Pesa, whose payers answer at once."""
    daraja = Daraja(delay_s=0.01)
    listening = server("127.0.0.1", 0, daraja)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield StandIn(f"http://127.0.0.1:{listening.server_port}", daraja)
    listening.shutdown()
    thread.join()
    listening.server_close()


@dataclass(frozen=True)
class Paybill:
    """Alpha's account."""

    token: str
    shortcode: str = SHORTCODE

    def path(self, door: str) -> str:
        return f"/api/v1/pay/cb/{self.token}/{door}"


def open_account(base_url: str = "http://127.0.0.1:9", shortcode: str = SHORTCODE) -> Paybill:
    """In the active tenant; without a server nobody answers there."""
    row = mpesa_account()
    row.enabled, row.shortcode, row.consumer_key = True, shortcode, "key"
    row.base_url, row.pull_enabled, row.initiator = base_url, True, "apiop37"
    mpesa_account_save(
        row=row,
        secrets_given={"consumer_secret": "hush", "passkey": PASSKEY, "credential": "sealed"},
    )
    return Paybill(callback_token(), shortcode)


@pytest.fixture
def paybill(world: World) -> Paybill:
    """Alpha's, at which nobody answers."""
    with tenant_context(world.alpha):
        return open_account()


@pytest.fixture
def paystack_key(world: World, paybill: Paybill) -> Any:
    """Alpha's account at Paystack."""
    with tenant_context(world.alpha):
        row = paystack_account()
        row.enabled, row.base_url = True, "http://127.0.0.1:9"
        paystack_account_save(row=row, secrets_given={"secret_key": PAYSTACK_KEY})
    return PAYSTACK_KEY
