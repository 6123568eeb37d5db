"""Spool lines: which are well formed, and how they become COPY text."""

import pytest

from radius.ingest.records import ACCOUNTING, Batch, read

from ..lines import NOW, interim, start

KNOWN = frozenset({"ts_sqla", "ts_sqlb"})


def parsed(*lines: bytes) -> Batch:
    return read(b"".join(lines), ACCOUNTING, KNOWN)


def test_a_clean_block_is_taken_whole() -> None:
    batch = parsed(start(NOW), interim(NOW + 5, tenant="ts_sqlb", received=NOW + 5))
    assert (batch.count, batch.tenants, batch.received) == (2, ("ts_sqla", "ts_sqlb"), NOW + 5)
    assert batch.refused == ()


def test_a_quoted_octet_becomes_an_escape_of_copy() -> None:
    assert rb"\t+a\x5Cb\x09\x0A" in parsed(start(user="+a\\b\t\n")).copy.replace(
        rb"\x2B", b"+"
    ).replace(b"\t", rb"\t")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"garbage\n", "ill-formed line"),
        (b"\n", "ill-formed line"),
        (start().replace(b"1\t", b"2\t", 1), "ill-formed line"),
        (start()[:-1] + b"\tone field more\n", "ill-formed line"),
        (start(user="x").replace(b"\tx\t", b"\tx%\t"), "ill-formed line"),
        (start(user="x").replace(b"\tx\t", b"\tx%4\t"), "ill-formed line"),
        (start(user="x").replace(b"\tx\t", b"\tx\\N\t"), "ill-formed line"),
        (start(user="x").replace(b"\tx\t", b"\tx\r\t"), "ill-formed line"),
        (start(tenant="ts_nobody"), "unknown tenant ts_nobody"),
        (start(tenant="public"), "ill-formed line"),
        (start(tenant='ts_a"; DROP'), "ill-formed line"),
        (start(user=b"a\x00b"), "a field holds NUL"),
        (start(user=b"caf\xe9"), "a field is not UTF-8"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason_and_the_others_stay(
    line: bytes, reason: str
) -> None:
    batch = parsed(start(), line, interim())
    assert batch.refused == ((line[:-1], reason),)
    assert batch.count == 2


def test_utf8_is_good() -> None:
    assert parsed(start(user="José 漢字")).refused == ()


def test_a_line_that_forges_another_stays_one_line() -> None:
    forged = start(user="x\n" + start(tenant="ts_sqlb").decode())
    assert parsed(forged).tenants == ("ts_sqla",)
