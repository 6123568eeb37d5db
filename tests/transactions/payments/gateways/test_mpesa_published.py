"""Daraja's published bodies: what we send has their shape, what they send is understood."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.transactions.payments.conftest import PASSKEY
from tests.transactions.payments.published import content, octets
from transactions.payments.gateways.mpesa import bodies, callbacks, mapping, simulator
from transactions.payments.gateways.mpesa.client import Account, Mpesa
from transactions.payments.gateways.provider import (
    Accepted,
    Door,
    NotAsked,
    Order,
    Outcome,
    Unreadable,
)

READER = callbacks.Reader()


class NoTokens:
    def get(self) -> None: ...
    def keep(self, token: str, seconds: int) -> None: ...
    def forget(self) -> None: ...


@pytest.fixture
def mpesa() -> Mpesa:
    return Mpesa(Account("174379", "key", "secret", PASSKEY), NoTokens(), [])


def order(**other: Any) -> Order:
    return Order("ref", 1_000_000, "KES", "accountref", "+254722000000", **other)


def test_the_password_of_the_published_request_is_ours() -> None:
    """base64(shortcode + passkey + timestamp): to the letter."""
    published = content("daraja/stk_request")
    stamp = published["Timestamp"]
    assert mapping.password("174379", PASSKEY, stamp) == published["Password"]


def test_our_stk_request_has_the_published_members(mpesa: Mpesa) -> None:
    ours = mpesa._push(order(callback_base="https://acme.example/api/v1/pay/cb/abc"))
    published = content("daraja/stk_request")
    assert ours.keys() == published.keys()
    assert ours["TransactionType"] == published["TransactionType"]
    assert (ours["Amount"], ours["PartyA"], ours["PartyB"]) == ("1", "254722000000", "174379")
    assert ours["CallBackURL"] == "https://acme.example/api/v1/pay/cb/abc/stk"
    assert len(ours["Timestamp"]) == len(published["Timestamp"])
    assert len(ours["AccountReference"]) <= 12
    assert len(ours["TransactionDesc"]) <= 13


def test_the_published_answer_is_accepted(mpesa: Mpesa) -> None:
    published = content("daraja/stk_answer")
    assert mpesa._accepted(200, published) == Accepted(
        "ws_CO_1007202409152617172396192", "2654-4b64-97ff-b827b542881d3130"
    )


def test_the_published_error_is_a_refusal_with_its_code(mpesa: Mpesa) -> None:
    with pytest.raises(NotAsked, match="Invalid BusinessShortCode") as refusal:
        mpesa._accepted(400, content("daraja/error_answer"))
    assert refusal.value.code == "400.002.02"


def test_the_published_paid_callback() -> None:
    found = READER.read(Door.STK, octets("daraja/stk_callback_paid"))
    assert found.outcome == Outcome.PAID
    assert found.receipt == "NLJ7RT61SV"
    assert found.amount_micro == 1_000_000
    assert found.checkout_id == "ws_CO_191220191020363925"
    assert found.payer == "254708374149"
    # 10:21:15 in Nairobi.
    assert found.happened_at == datetime(2019, 12, 19, 7, 21, 15, tzinfo=UTC)


def test_the_published_callback_whose_balance_has_no_value() -> None:
    found = READER.read(Door.STK, octets("daraja/stk_callback_balance"))
    assert (found.outcome, found.receipt, found.amount_micro) == (
        Outcome.PAID,
        "LGR7OWQX0R",
        1_000_000,
    )


def test_the_published_cancelled_callback() -> None:
    found = READER.read(Door.STK, octets("daraja/stk_callback_cancelled"))
    assert (found.outcome, found.code, found.receipt) == (Outcome.FAILED, "1032", "")


def test_the_published_confirmation() -> None:
    found = READER.read(Door.C2B, octets("daraja/c2b_confirmation"))
    assert (found.receipt, found.amount_micro, found.account_ref, found.account) == (
        "RKTQDM7W6S",
        10_000_000,
        "invoice008",
        "600638",
    )
    assert found.payer == "25470****149"


def test_the_published_row_of_a_pull() -> None:
    row = content("daraja/pull_answer")["Response"][0][0]
    found = callbacks.pulled(row)
    assert (found.receipt, found.amount_micro, found.account_ref) == (
        "YZLYRESRG1",
        168_000_000,
        "37207636392",
    )
    assert found.happened_at == datetime(2020, 8, 5, 10, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ours", "published"),
    [
        (
            bodies.stk_success(
                {"MerchantRequestID": "a", "CheckoutRequestID": "b"}, "R", "1", "254708374149"
            ),
            "daraja/stk_callback_paid",
        ),
        (
            bodies.stk_failure({"MerchantRequestID": "a", "CheckoutRequestID": "b"}, "1", "x"),
            "daraja/stk_callback_cancelled",
        ),
        (
            bodies.confirmation("R", "1", "254708374149", "10", "a"),
            "daraja/c2b_confirmation",
        ),
        (
            {"Response": [[bodies.pulled_row("R", "72200000", "168", "a")]]},
            {"Response": content("daraja/pull_answer")["Response"]},
        ),
        (bodies.reversal_result("c", "R", "1"), "daraja/reversal_result"),
        (simulator.Daraja().register_pull({"ShortCode": "1"})[1], "daraja/pull_register_answer"),
        (
            simulator.Daraja().status({"CheckoutRequestID": "ws_CO_1703111111"})[1],
            "daraja/stk_query_answer",
        ),
        (simulator.Daraja().token()[1], "daraja/token_answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_stand_in_speaks_in_the_published_shapes(ours: Any, published: Any) -> None:
    wanted = content(published) if isinstance(published, str) else published
    assert shape(ours) == shape(wanted)


def shape(value: Any) -> Any:
    """Names and kinds of values; numbers and texts alike are scalars."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return "scalar"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("0", "paid"),
        *((code, "failed") for code in ["1", "17", "1019", "1025", "1032", "1037", "2001", "2028"]),
        *((code, "unknown") for code in ("9999", "", "1001")),
    ],
)
def test_a_code_that_we_do_not_know_is_unknown_never_failed(code: str, outcome: str) -> None:
    assert mapping.outcome(code) == outcome


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("254708374149", True),
        ("25470****149", True),
        ("2547 ***** 149", True),
        ("708374149", True),
        ("0708374149", True),
        ("7f21a4bfae1ae87ec42e32ad3c1e2b4d5c6e7f8091a2b3c4d5e6f708192a3b4c", False),
        ("25471****149", False),
        ("25470****148", False),
        ("", False),
        ("****", False),
        ("149", False),
    ],
)
def test_a_masked_number_agrees_or_does_not(given: str, same: bool) -> None:
    assert mapping.same_payer("+254708374149", given) is same


@pytest.mark.parametrize(
    ("given", "micro"),
    [
        *(("5.00", 5_000_000), (1.0, 1_000_000), (10, 10_000_000), ("0.5", 500_000)),
        *((wrong, None) for wrong in ("x", None, True, "NaN", "1e99", [])),
        ("-3", -3_000_000),
    ],
)
def test_amounts_are_read_exactly_or_not_at_all(given: Any, micro: int | None) -> None:
    assert mapping.micro(given) == micro


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff\xfe", b"{}", b'{"Body": 3}', b'{"Body": {"stkCallback": {}}}', b"[" * 9999],
)
def test_what_is_not_darajas_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        READER.read(Door.STK, body)


def test_our_requests_have_the_members_of_the_published_ones(
    mpesa: Mpesa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reversal, registration and pull, whose answers the stand-in gives."""
    sent: dict[str, Any] = {}
    answers = {
        "/mpesa/reversal/v1/request": content("daraja/reversal_answer"),
        "/pulltransactions/v1/register": content("daraja/pull_register_answer"),
        "/pulltransactions/v1/query": content("daraja/pull_answer"),
        "/mpesa/stkpushquery/v1/query": content("daraja/stk_query_answer"),
    }

    def post(path: str, body: dict[str, Any], token: str) -> tuple[int, Any]:
        sent[path] = body
        return 200, answers[path]

    monkeypatch.setattr(mpesa, "_post", post)
    monkeypatch.setattr(mpesa, "_token", lambda: "token")
    url = "https://mydomain.com/result"
    assert mpesa.reverse("PDU91HIVIT", 200_000_000, result_url=url, remarks="x").startswith("f1e2")
    assert mpesa.register_pull("0722000000", url).startswith("feb5")
    now = datetime(2020, 8, 16, 7, 10, tzinfo=UTC)
    assert [row.receipt for row in mpesa.pull(now, now)] == ["YZLYRESRG1"]
    asked = content("daraja/stk_query_answer")["CheckoutRequestID"]
    assert mpesa.status(asked).outcome == Outcome.PAID
    published = {
        "/mpesa/reversal/v1/request": "daraja/reversal_request",
        "/pulltransactions/v1/register": "daraja/pull_register_request",
        "/pulltransactions/v1/query": "daraja/pull_request",
        "/mpesa/stkpushquery/v1/query": "daraja/stk_query_request",
    }
    for path, name in published.items():
        assert sent[path].keys() == content(name).keys(), path
    assert sent["/pulltransactions/v1/query"]["EndDate"] == "2020-08-16 10:10:00"


def test_a_question_that_comes_too_early_is_waiting(
    mpesa: Mpesa, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = (500, content("daraja/stk_query_processing"))
    monkeypatch.setattr(mpesa, "_post", lambda *_: answer)
    monkeypatch.setattr(mpesa, "_token", lambda: "token")
    assert mpesa.status("ws_CO_20022018230142206").outcome == Outcome.WAITING
