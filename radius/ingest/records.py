"""Spool lines: which are well formed, and as COPY text.

A field is urlquoted, so `%XX` becomes PostgreSQL's `\\xXX` by one replacement over the whole
block; only a block with something unusual in it is looked at line by line. Measured: under 1 us
a record for a clean block.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

HEAD = re.compile(rb"^1\t(ts_[a-z0-9_]{1,40})\t([0-9]{1,11})\t", re.MULTILINE)
# A broken escape, NUL, an octet over 127 (it may not be valid UTF-8), or one that is not quoted.
UNUSUAL = re.compile(rb"%(?![0-7][0-9A-Fa-f])|%00|[^\t\n\x20-\x7e]|\\")
UNKNOWN_TENANT = "unknown tenant"
BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})|[^\t\x20-\x7e]|\\")


@dataclass(frozen=True, slots=True)
class Format:
    """One spool's kind of record and where its records go.

    Attributes:
        spool: name of the spool, of its directory and of its files' prefix.
        fields: number of fields of a line.
        table: staging table made by public.wc_stage_v1.
        kind: its batch functions are wc_<kind>_batch_v2 in each tenant's schema.
    """

    spool: str
    fields: int
    table: str
    kind: str


ACCOUNTING = Format("acct", 29, "wc_accounting_stage", "accounting")
LOGINS = Format("postauth", 11, "wc_postauth_stage", "postauth")


@dataclass(frozen=True, slots=True)
class Batch:
    """What a block holds.

    Attributes:
        copy: its good lines as text for COPY .. (NULL '').
        count: number of good lines.
        tenants: their schemas, in order of appearance.
        received: when the server received the last good line, unix seconds; 0 = no good line.
        refused: the other lines, without newline, each with a reason in words.
    """

    copy: bytes
    count: int
    tenants: tuple[str, ...]
    received: int
    refused: tuple[tuple[bytes, str], ...] = ()


def read(block: bytes, form: Format, schemas: Collection[str]) -> Batch:
    """Check a block of whole lines against the known tenants' schemas."""
    batch = _read_clean(block, form)
    if batch is not None and set(batch.tenants) <= set(schemas):
        return batch
    good, refused = [], []
    for line in block.removesuffix(b"\n").split(b"\n"):
        reason = fault(line, form, schemas)
        if reason is None:
            good.append(line + b"\n")
        else:
            refused.append((line, reason))
    text = b"".join(good)
    return _batch(text, HEAD.findall(text), tuple(refused))


def lines_of(batch: Batch, schema: str) -> bytes:
    """A tenant's good lines as they stand in the spool, without the last newline.

    A good line holds no backslash, so the escapes of COPY turn back into what they were.
    """
    mine = re.compile(rb"^1\t" + schema.encode() + rb"\t.*$", re.MULTILINE)
    return b"\n".join(mine.findall(batch.copy)).replace(b"\\x", b"%")


def _read_clean(block: bytes, form: Format) -> Batch | None:
    lines = block.count(b"\n")
    if block.count(b"\t") != lines * (form.fields - 1) or UNUSUAL.search(block):
        return None
    heads = HEAD.findall(block)
    return _batch(block, heads) if len(heads) == lines else None


def _batch(
    text: bytes, heads: list[tuple[bytes, bytes]], refused: tuple[tuple[bytes, str], ...] = ()
) -> Batch:
    tenants = tuple(dict.fromkeys(schema.decode() for schema, _ in heads))
    received = int(heads[-1][1]) if heads else 0
    return Batch(text.replace(b"%", b"\\x"), len(heads), tenants, received, refused)


def fault(line: bytes, form: Format, schemas: Collection[str]) -> str | None:
    """What is wrong with a line, in words; None for a good one."""
    head = HEAD.match(line)
    if head is None or line.count(b"\t") != form.fields - 1 or BROKEN.search(line):
        return "ill-formed line"
    if head[1].decode() not in schemas:
        return f"{UNKNOWN_TENANT} {head[1].decode()}"
    return _text_fault(line)


def _text_fault(line: bytes) -> str | None:
    text = unquote_to_bytes(line)
    if b"\0" in text:
        return "a field holds NUL"
    try:
        text.decode()
    except UnicodeDecodeError:
        return "a field is not UTF-8"
    return None
