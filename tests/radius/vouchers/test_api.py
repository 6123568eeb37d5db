"""Vouchers over HTTP: lists without codes; a code is shown to few, and recorded."""

from datetime import UTC
from typing import Any

import pytest

from radius.models import Plan
from radius.vouchers import codes, printing
from radius.vouchers.models import Voucher
from radius.vouchers.selectors import code_of
from tests.conftest import Person
from wificore.audit.models import AuditEntry

from .conftest import Batches

BATCHES, VOUCHERS = "/api/v1/voucher-batches/", "/api/v1/vouchers/"


@pytest.fixture
def three(batch: Batches) -> int:
    return batch(count=3, free=False).pk


def post(person: Person, path: str, data: Any = None, **headers: str) -> Any:
    client = person.client(**headers)
    return client.post(path, data or {}, content_type="application/json")


def get(person: Person, path: str) -> Any:
    return person.client().get(path)


def test_a_batch_is_made_once_under_its_key(owner: Person, hourly: Plan) -> None:
    asked = {"name": "Kiosk", "plan": hourly.pk, "count": 3, "prefix": "KE"}
    first = post(owner, BATCHES, asked, **{"idempotency-key": "b1"})
    again = post(owner, BATCHES, asked, **{"idempotency-key": "b1"})
    assert (first.status_code, again.content) == (201, first.content)
    found = get(owner, f"{BATCHES}{first.json()['id']}/").json()
    assert found["states"] == {"printed": 3, "sold": 0, "activated": 0, "expired": 0, "void": 0}
    assert (found["plan_name"], found["price_micro"]) == ("Hour", hourly.price_micro)
    assert [row["count"] for row in get(owner, BATCHES).json()["results"]] == [3]


def test_a_batch_that_could_be_guessed_is_refused_by_field(owner: Person, hourly: Plan) -> None:
    asked = {"name": "Kiosk", "plan": hourly.pk, "count": 3, "alphabet": "digits"}
    answer = post(owner, BATCHES, asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {
        "length": ["So many codes need 9 characters, or they could be guessed."]
    }


def test_lists_show_no_code(clerk: Person, three: int) -> None:
    answer = get(clerk, f"{VOUCHERS}?batch={three}&state=printed")
    assert len(answer.json()["results"]) == 3
    assert get(clerk, f"{VOUCHERS}?state=sold").json()["results"] == []
    assert get(clerk, f"{VOUCHERS}?state=x").status_code == 400
    for voucher in Voucher.objects.all():
        assert code_of(voucher) not in answer.content.decode()


def test_whoever_has_the_paper_finds_the_voucher(clerk: Person, three: int) -> None:
    voucher = Voucher.objects.first()
    assert voucher is not None
    typed = codes.printed(code_of(voucher)).lower()
    assert post(clerk, f"{VOUCHERS}find/", {"code": typed}).json()["id"] == voucher.pk
    assert post(clerk, f"{VOUCHERS}find/", {"code": "ABCD-EFGH"}).status_code == 404


def test_a_code_is_shown_with_the_right_to_it_and_recorded(
    owner: Person, clerk: Person, three: int
) -> None:
    voucher = Voucher.objects.first()
    assert voucher is not None
    assert post(clerk, f"{VOUCHERS}{voucher.pk}/reveal/").status_code == 403
    shown = post(owner, f"{VOUCHERS}{voucher.pk}/reveal/").json()["code"]
    assert shown == codes.printed(code_of(voucher))
    line = AuditEntry.objects.filter(action="voucher.revealed").latest("pk")
    assert line.object_id == str(voucher.pk)


@pytest.mark.parametrize(
    ("export", "begins"),
    [("", b"["), ("?export=csv", b"\xef\xbb\xbfid,"), ("?export=pdf", b"%PDF")],
)
def test_a_batch_is_printed_and_recorded(
    owner: Person, clerk: Person, three: int, export: str, begins: bytes
) -> None:
    path = f"{BATCHES}{three}/codes/{export}"
    assert get(clerk, path).status_code == 403
    answer = get(owner, path)
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert AuditEntry.objects.filter(action="voucher_batch.revealed").count() == 1
    if not export.endswith("pdf"):
        assert all(
            codes.printed(code_of(v)).encode() in answer.content for v in Voucher.objects.all()
        )


def test_sheets_take_many_and_long_codes(batch: Batches) -> None:
    made = batch(count=1, length=20, prefix="PREFIXED")
    rows = [{"code": "-".join(["ABCD"] * 7), "account": f"voucher-{n}"} for n in range(50)]
    sheets = printing.sheets(made, rows, "Alpha", UTC)
    assert sheets.startswith(b"%PDF")
    assert sheets == printing.sheets(made, rows, "Alpha", UTC)
    assert sheets.count(b"/Type /Page\n") == 3


def test_a_large_batch_is_printed_in_parts(
    owner: Person, batch: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "PART", 24)
    path = f"{BATCHES}{batch(count=30).pk}/codes/?export=pdf"
    sizes = [len(get(owner, f"{path}&part={part}").content) for part in (1, 2, 3)]
    assert sizes[0] > sizes[1] > sizes[2]
    assert get(owner, f"{path}&part=0").status_code == 400


def test_voiding_needs_a_reason_and_the_right(owner: Person, clerk: Person, three: int) -> None:
    voucher = Voucher.objects.first()
    assert voucher is not None
    path = f"{VOUCHERS}{voucher.pk}/void/"
    assert post(clerk, path, {"reason": "torn"}).status_code == 403
    assert post(owner, path).status_code == 400
    assert post(owner, path, {"reason": "torn"}).json()["state"] == "void"
    assert post(owner, path, {"reason": "torn"}).status_code == 409
    assert post(owner, f"{BATCHES}{three}/void/", {"reason": "lost"}).json() == {"vouchers": 2}


def test_the_stranger_finds_none_of_it(stranger: Person, three: int) -> None:
    voucher = Voucher.objects.first()
    assert voucher is not None
    assert get(stranger, BATCHES).json()["results"] == []
    assert get(stranger, VOUCHERS).json()["results"] == []
    for path in (f"{BATCHES}{three}/", f"{VOUCHERS}{voucher.pk}/", f"{BATCHES}{three}/codes/"):
        assert get(stranger, path).status_code == 404
    assert post(stranger, f"{VOUCHERS}find/", {"code": code_of(voucher)}).status_code == 404
    assert post(stranger, f"{VOUCHERS}{voucher.pk}/reveal/").status_code == 404


def test_search_finds_a_voucher_by_code_and_by_number(clerk: Person, three: int) -> None:
    voucher = Voucher.objects.first()
    assert voucher is not None
    for typed in (codes.printed(code_of(voucher)), f"voucher-{voucher.pk}"):
        found = clerk.client().get("/api/v1/search/", {"q": typed}).json()["results"]
        hits = {group["kind"]: group["results"] for group in found}
        assert [hit["id"] for hit in hits["voucher"]] == [str(voucher.pk)]
