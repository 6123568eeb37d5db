"""The client against the stand-in, over real connections."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from tests.transactions.payments.conftest import PASSKEY, StandIn
from transactions.payments.gateways.mpesa.client import LIMITS, Account, Mpesa
from transactions.payments.gateways.provider import Away, NotAsked, Order, Outcome, Uncertain
from wificore.kernel.outbound import Limits

LOOPBACK = [ip_network("127.0.0.0/8")]
QUICK = Limits(connect_s=1, answer_s=0.3, whole_s=1)
BASE = "http://acme.localhost:9/api/v1/pay/cb/abc"


@dataclass
class Kept:
    """Tokens in memory."""

    token: str | None = None
    fetched: list[str] = field(default_factory=list)

    def get(self) -> str | None:
        return self.token

    def keep(self, token: str, seconds: int) -> None:
        self.token = token
        self.fetched.append(token)

    def forget(self) -> None:
        self.token = None


def client(url: str, tokens: Kept | None = None, limits: Limits = LIMITS) -> Mpesa:
    account = Account("600638", "key", "secret", PASSKEY, base_url=url)
    return Mpesa(account, tokens or Kept(), LOOPBACK, limits)


def order(phone: str = "+254700012345", base: str = BASE) -> Order:
    return Order("ref", 100_000_000, "KES", "123456789", phone, callback_base=base)


def test_an_order_is_accepted_and_its_status_asked(stand_in: StandIn) -> None:
    mpesa = client(stand_in.url)
    accepted = mpesa.order(order())
    assert accepted.checkout_id.startswith("ws_CO_")
    assert mpesa.status(accepted.checkout_id).outcome == Outcome.WAITING
    lost = mpesa.order(order("+254700112345"))
    assert mpesa.status(lost.checkout_id).outcome == Outcome.PAID
    cancelled = mpesa.order(order("+254700212345"))
    assert mpesa.status(cancelled.checkout_id).code == "1032"


def test_one_token_serves_many_calls(stand_in: StandIn) -> None:
    tokens = Kept()
    mpesa = client(stand_in.url, tokens)
    for _ in range(3):
        mpesa.order(order())
    assert len(tokens.fetched) == 1


def test_a_question_with_a_token_that_ended_is_asked_again(stand_in: StandIn) -> None:
    tokens = Kept("gone")
    mpesa = client(stand_in.url, tokens)
    assert mpesa.status("ws_CO_700112345").outcome == Outcome.PAID
    assert tokens.fetched == [tokens.token]


def test_an_order_with_a_token_that_ended_is_refused_and_not_sent_again(stand_in: StandIn) -> None:
    """A repeated request could prompt the payer twice: only the next order has a new token."""
    tokens = Kept("gone")
    mpesa = client(stand_in.url, tokens)
    with pytest.raises(NotAsked, match="Invalid Access Token"):
        mpesa.order(order())
    assert tokens.token is None
    mpesa.order(order())


@pytest.mark.parametrize("word", ["mpesa", "safaricom", "exec", "cmd", "sql", "query"])
def test_a_url_with_a_word_that_safaricom_refuses_is_refused(stand_in: StandIn, word: str) -> None:
    with pytest.raises(NotAsked, match="CallBackURL"):
        client(stand_in.url).order(order(base=f"http://acme.localhost/{word}"))


def test_where_nobody_listens_the_payer_was_not_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotAsked):
        client(f"http://127.0.0.1:{port}", Kept("sim-x"), QUICK).order(order())


@pytest.fixture
def silent() -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads and never answers."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    lines: list[socket.socket] = []

    def listen() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            lines.append(line)
            heard.append(line.recv(65536))

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for line in lines:
        line.close()


def test_an_order_without_an_answer_is_uncertain_and_left_once(
    silent: tuple[str, list[bytes]],
) -> None:
    url, heard = silent
    with pytest.raises(Uncertain):
        client(url, Kept("sim-x"), QUICK).order(order())
    assert len(heard) == 1


def test_a_question_without_an_answer_is_asked_three_times(
    silent: tuple[str, list[bytes]],
) -> None:
    url, heard = silent
    with pytest.raises(Away):
        client(url, Kept("sim-x"), QUICK).status("ws_CO_1")
    assert len(heard) == 3


def test_a_pull_turns_its_pages(stand_in: StandIn) -> None:
    for number in range(150):
        stand_in.daraja._pay("600638", "254708374149", "100", f"{number}")
    now = datetime.now(UTC)
    found = list(client(stand_in.url).pull(now - timedelta(hours=1), now))
    assert [row.account_ref for row in found] == [str(number) for number in range(150)]
    assert client(stand_in.url).register(BASE)
    assert client(stand_in.url).register_pull("254722000000", BASE)


def test_a_reversal_names_its_conversation(stand_in: StandIn) -> None:
    account = Account(
        "600638", "key", "secret", PASSKEY, base_url=stand_in.url, initiator="op", credential="c"
    )
    mpesa = Mpesa(account, Kept(), LOOPBACK)
    assert mpesa.reverse(
        "PDU91HIVIT", 200_000_000, result_url=f"{BASE}/result", remarks="twice"
    ).startswith("f1e2-")
