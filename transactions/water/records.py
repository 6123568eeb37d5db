"""Reads records of devices (pure): whatever was sent, nothing here raises but `Fault`.

invalid        no usable epoch and seq: there is no telling which record it is
Fault          numbered, but it cannot be as it says: quarantined, a person decides
Record         can be booked
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .models import Mode

# What doubles of other languages still count exactly.
MOST = 2**53 - 1
# 139 years in ms: no device was on for longer, and times can be added to it.
LONGEST_MS = 2**42
MAX_TEXT = 64
MAX_NOTE = 2000
STOPS = ("target", "user", "limit", "fault", "power", "no_flow")
BROKEN_OFF = frozenset({"fault", "power", "no_flow"})
CLOCKS = ("synced", "holdover", "unset")


class Fault(ValueError):
    """Why a record cannot be booked, in words for people."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record that names itself.

    Attributes:
        sha256: of it as canonical JSON: order and spaces do not matter, every field does.
    """

    epoch: int
    seq: int
    raw: dict[str, Any]
    sha256: bytes

    @property
    def number(self) -> tuple[int, int]:
        return self.epoch, self.seq


@dataclass(frozen=True, slots=True)
class Record:
    """One dispense as the device tells it.

    Attributes:
        hold: id of the hold or lease; None: mode code or staff without one.
        t: its clock's time; None: it knows none.
    """

    mode: Mode
    tag: str | None
    hold: str | None
    pulses: int
    ml: int
    totalizer_ml: int
    dur_ms: int
    stop: str
    tariff_v: int
    t: datetime | None
    clk: str
    up_ms: int


def numbered(raw: Any) -> Numbered | None:
    """None: the record cannot be told from others."""
    if not isinstance(raw, dict):
        return None
    try:
        epoch, seq = _whole(raw, "epoch", 1, MOST), _whole(raw, "seq", 1, MOST)
    except Fault:
        return None
    return Numbered(epoch, seq, raw, hashlib.sha256(canonical(raw)).digest())


def canonical(value: Any) -> bytes:
    """JSON with sorted names and without spaces, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def kept(raw: dict[str, Any]) -> str:
    """A record to show to a person: without the tag's number, which nobody keeps."""
    shown = {**raw, "tag": "kept back"} if raw.get("tag") is not None else raw
    return canonical(shown).decode()[:MAX_NOTE]


def read(raw: dict[str, Any]) -> Record:
    """Raises Fault: a field is missing, or of a wrong type or range."""
    if raw.get("type") != "dispense":
        raise Fault("type: dispense is all there is")
    mode = Mode(_one_of(raw, "mode", Mode.values))
    clk = _one_of(raw, "clk", CLOCKS)
    return Record(
        mode=mode,
        tag=_text(raw, "tag"),
        hold=_text(raw, "lease" if mode == Mode.LEASE else "hold"),
        pulses=_whole(raw, "pulses", 0, MOST),
        ml=_whole(raw, "ml", 0, MOST),
        totalizer_ml=_whole(raw, "totalizer_ml", 0, MOST),
        dur_ms=_whole(raw, "dur_ms", 0, LONGEST_MS),
        stop=_one_of(raw, "stop", STOPS),
        tariff_v=_whole(raw, "tariff_v", 1, MOST),
        t=_time(raw, clk),
        clk=clk,
        up_ms=_whole(raw, "up_ms", 0, LONGEST_MS),
    )


def _whole(raw: dict[str, Any], name: str, least: int, most: int) -> int:
    value = raw.get(name)
    # JSON's true is an int of Python's.
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise Fault(f"{name}: not a whole number from {least} to {most}")


def _one_of(raw: dict[str, Any], name: str, known: Any) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or value not in known:
        raise Fault(f"{name}: one of {', '.join(known)}")
    return value


def _text(raw: dict[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is None or (isinstance(value, str) and 0 < len(value) <= MAX_TEXT):
        return value
    raise Fault(f"{name}: 1 to {MAX_TEXT} characters")


def _time(raw: dict[str, Any], clk: str) -> datetime | None:
    value = raw.get("t")
    if value is None and clk == "unset":
        return None
    return time_of(value)


def time_of(value: Any) -> datetime:
    """RFC 3339 as UTC; raises Fault."""
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise Fault("t: without a zone")
        return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise Fault("t: not a time of RFC 3339") from None
