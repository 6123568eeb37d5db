"""The ingester's loop: drain both spools, look after partitions and silent sessions when idle."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

from wificore.kernel import logging

from . import quarantine
from .database import (
    DAYS_AHEAD,
    Database,
    PartitionMissing,
    Refused,
    TenantBroken,
    TenantsChanged,
    Unavailable,
)
from .records import ACCOUNTING, LOGINS, UNKNOWN_TENANT, Batch, Format, read
from .report import Report
from .spool import QUIET_S, Block, Spool

log = logging.get("radius.ingest")

# A packet is to be visible within a second (RADIUS 1).
POLL_S = 0.25
# About 20,000 records, a second's work: so large that the calls of many tenants do not cost more
# than their records (measured at 50 tenants: 13,000 records/s with 2 MiB, 17,000 with 8).
BLOCK_OCTETS = 4 << 20
BACK_OFF_S = (1.0, 5.0)
HEAL_EVERY_S = 30.0
PURGE_EVERY_S = 3600.0
TIDY_EVERY_S = 5.0
ATTEMPTS = 3


class Ingester:
    """Both spools of one directory into one database; `run` returns when `stop` is set."""

    def __init__(
        self,
        dsn: str,
        directory: Path,
        *,
        quiet_s: float = QUIET_S,
        block_octets: int = BLOCK_OCTETS,
    ) -> None:
        self.database = Database(dsn)
        self.spools = {form: Spool(directory, form.spool, quiet_s) for form in (ACCOUNTING, LOGINS)}
        self._quarantine = directory / "quarantine"
        self._block_octets = block_octets
        self._report = Report()
        self._partitions_of: tuple[date, frozenset[str]] | None = None
        self._next = {"heal": 0.0, "purge": 0.0, "tidy": 0.0}
        for spool in self.spools.values():
            spool.directory.mkdir(parents=True, exist_ok=True)

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; a batch that has begun is finished first."""
        back_off, connected = BACK_OFF_S[0], False
        while not stop.is_set():
            try:
                if not connected:
                    self.connect()
                    connected, back_off = True, BACK_OFF_S[0]
                if not self.step():
                    stop.wait(POLL_S)
            except Unavailable as error:
                log.warning("database unavailable, the spool keeps everything", error=str(error))
                connected = False
                stop.wait(back_off)
                back_off = min(back_off * 2, BACK_OFF_S[1])
        self.database.close()
        self._report.flush()

    def connect(self) -> None:
        """Connect, and take up each spool where its checkpoints say.

        Raises:
            Unavailable: the database does not answer; nothing was done.
        """
        self.database.connect()
        for spool in self.spools.values():
            spool.positions = self.database.positions(spool.name)
            present = {entry.name for entry in spool.files()}
            for gone in spool.positions.keys() - present:
                self.database.forget(spool.name, gone)
                del spool.positions[gone]

    def step(self) -> bool:
        """Apply one block of each spool, or look after the rest; False when there was no block.

        Raises:
            Unavailable: the database could not; what was not applied comes again.
        """
        self._ensure_partitions()
        worked = False
        for form, spool in self.spools.items():
            if (block := spool.next_block(self._block_octets)) is not None:
                self._apply(form, block)
                worked = True
        if not worked:
            self._idle()
        self._report.maybe_flush()
        return worked

    def _apply(self, form: Format, block: Block) -> None:
        """Apply a block; halve it around a record that the database refuses, to go on without."""
        try:
            self._apply_whole(form, block)
        except Refused as refused:
            if block.lines > 1:
                for half in block.halves():
                    self._apply(form, half)
            else:
                self._set_apart(form, block, str(refused))

    def _apply_whole(self, form: Format, block: Block) -> None:
        for _ in range(ATTEMPTS):
            batch = self._read(form, block)
            try:
                self._commit(form, batch, block)
            except PartitionMissing as missing:
                self._make_partition(batch.tenants, missing.day)
            except TenantsChanged as changed:
                log.warning("a tenant is gone", error=str(changed))
            else:
                return
        raise Refused(f"no partition for one of its times after {ATTEMPTS} attempts")

    def _read(self, form: Format, block: Block) -> Batch:
        """The block's records; a tenant nobody knows is looked up before it is called unknown."""
        batch = read(block.data, form, self.database.tenants)
        if any(reason.startswith(UNKNOWN_TENANT) for _, reason in batch.refused):
            self.database.refresh_tenants()
            batch = read(block.data, form, self.database.tenants)
        return batch

    def _commit(self, form: Format, batch: Batch, block: Block) -> None:
        if batch.refused:
            quarantine.keep(self._quarantine, form.spool, batch.refused)
        self.database.apply(form, batch, block)
        self.spools[form].positions[block.file] = block.end
        self._report.add(form.spool, batch)

    def _set_apart(self, form: Format, block: Block, reason: str) -> None:
        line = block.data.removesuffix(b"\n")
        self._commit(form, Batch(b"", 0, (), 0, ((line, reason),)), block)

    def _make_partition(self, tenants: tuple[str, ...], day: date) -> None:
        for schema in tenants:
            self.database.partitions(schema, day, 1)

    def _ensure_partitions(self) -> None:
        """Once a day, and for tenants that appear: partitions for today and the days ahead."""
        wanted = (datetime.now(UTC).date(), self.database.tenants)
        if self._partitions_of == wanted:
            return
        self._each_tenant(
            lambda schema, _: self.database.partitions(schema, wanted[0], DAYS_AHEAD + 1),
            datetime.now(UTC),
            "partitions made",
        )
        self._partitions_of = wanted

    def _idle(self) -> None:
        """Everything is applied: move the watermark, heal, purge, remove finished files."""
        if self._due("tidy", TIDY_EVERY_S):
            self.database.refresh_tenants()
            watermarks = {form: self.database.idle(form.spool) for form in self.spools}
            self._remove_finished()
            if self._due("heal", HEAL_EVERY_S):
                self._each_tenant(self.database.heal, watermarks[ACCOUNTING], "silent sessions")
            if self._due("purge", PURGE_EVERY_S):
                self._each_tenant(self.database.purge, watermarks[ACCOUNTING], "sessions purged")

    def _due(self, work: str, every_s: float) -> bool:
        if time.monotonic() < self._next[work]:
            return False
        self._next[work] = time.monotonic() + every_s
        return True

    def _each_tenant(
        self, function: Callable[[str, datetime], int], watermark: datetime, what: str
    ) -> None:
        for schema in sorted(self.database.tenants):
            try:
                count = function(schema, watermark)
            except (PartitionMissing, Refused, TenantBroken, TenantsChanged) as error:
                log.error("left for later", what=what, schema=schema, error=repr(error))
            else:
                if count:
                    log.info(what, schema=schema, count=count)

    def _remove_finished(self) -> None:
        for form, spool in self.spools.items():
            for file, rest in spool.finished():
                if rest is not None:
                    self._set_apart(form, rest, "cut short")
                spool.remove(file)
                self.database.forget(spool.name, file)
