"""Seals, and the platform's note of the newest one: what each says, and its signature.

audit_seal (in each schema)   1 <- 2 <- 3 <- 4      each signs the mac of the one before it
public.audit_head                            4      signed too; a tenant's role cannot write it
"""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from . import keys

# What the first seal follows.
NOTHING = bytes(keys.MAC_BYTES)
RANGE = re.compile(r"\[(\d+),(\d+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one day that one seal covers, or that none covers yet.

    Attributes:
        ids: the rows' numbers as PostgreSQL writes a multirange: `{[1,5),[7,8)}`.
        leaves: the first bytes of each row's hash, in the order of their numbers.
        digest: over the whole hashes in that order.
    """

    day: date
    rows: int
    late: int
    first_at: datetime
    last_at: datetime
    ids: str
    leaves: bytes
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal(Batch):
    """One row of audit_seal; its comment in `sql/seal_tables.sql` says how the times relate.

    Attributes:
        previous: the mac of the seal before this one.
    """

    schema: str
    seq: int
    format: int
    made_at: datetime
    since: datetime
    upto: datetime
    previous: bytes
    key_id: str
    mac: bytes = b""

    @property
    def text(self) -> str:
        """What is signed: everything but the mac itself."""
        times = (self.made_at, self.since, self.upto, self.first_at, self.last_at)
        leaves = hashlib.sha256(self.leaves).hexdigest()
        whole = [
            *("audit_seal", self.schema, self.seq, self.format, *map(micros, times)),
            *(self.day.isoformat(), self.rows, self.late, self.ids, leaves),
            *(self.digest.hex(), self.previous.hex(), self.key_id),
        ]
        return json.dumps(whole)

    def signed(self) -> "Seal":
        return replace(self, mac=keys.sign(self.key_id, self.text))

    @property
    def genuine(self) -> bool:
        return keys.genuine(self.key_id, self.text, self.mac)

    def numbers(self) -> list[int]:
        """The covered rows' numbers, ascending; call it on genuine seals only."""
        ranges = RANGE.findall(self.ids)
        return [number for low, high in ranges for number in range(int(low), int(high))]


@dataclass(frozen=True, slots=True)
class Head:
    """One row of public.audit_head.

    Attributes:
        seal: the mac of seal number `seq`.
        upto: every row before then was looked at, whether there were any or not.
        remade_at: when this note was found missing and made again from the chain itself.
    """

    schema: str
    seq: int
    seal: bytes
    upto: datetime
    remade_at: datetime | None
    key_id: str
    mac: bytes = b""

    @property
    def text(self) -> str:
        remade = micros(self.remade_at) if self.remade_at else None
        seal, upto = self.seal.hex(), micros(self.upto)
        return json.dumps(["audit_head", self.schema, self.seq, seal, upto, remade, self.key_id])

    def signed(self) -> "Head":
        return replace(self, mac=keys.sign(self.key_id, self.text))

    @property
    def genuine(self) -> bool:
        return keys.genuine(self.key_id, self.text, self.mac)


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970, which no zone and no rounding changes."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
