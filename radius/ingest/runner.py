"""The ingester's loop: drain both spools, look after partitions and silent sessions when idle."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

from wificore.kernel import logging

from . import quarantine
from .database import DAYS_AHEAD, Database
from .errors import PartitionMissing, Refused, TenantBroken, TenantsChanged, Unavailable
from .held import Chunk, Held
from .records import ACCOUNTING, LOGINS, UNKNOWN_TENANT, Batch, Format, read
from .report import Report
from .spool import QUIET_S, Block, Spool

log = logging.get("radius.ingest")

# Between two batches, while nothing has piled up: a batch costs a call per tenant, so few large
# ones are cheaper than many small ones; but a packet is to be visible within a second (RADIUS 1).
POLL_S = 0.25
# About 20,000 records, a second's work: so large that the calls of many tenants do not cost more
# than their records (measured at 50 tenants: 13,000 records/s with 2 MiB, 17,000 with 8).
BLOCK_OCTETS = 4 << 20
BACK_OFF_S = (1.0, 5.0)
HEAL_EVERY_S = 30.0
PURGE_EVERY_S = 3600.0
TIDY_EVERY_S = 5.0


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
        self.held = Held()
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
                if not self.step() or not self.behind():
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
            self.held.load(spool.name, self.database.held(spool.name))

    def step(self) -> bool:
        """Apply one block of each spool and of one tenant's held records, or look after the rest.

        Returns:
            False when there was nothing to apply.

        Raises:
            Unavailable: the database could not; what was not applied comes again.
        """
        self._ensure_partitions()
        worked = False
        for form, spool in self.spools.items():
            if (block := spool.next_block(self._block_octets)) is not None:
                self._apply(form, block)
                worked = True
        worked = self._catch_up() or worked
        if not worked:
            self._idle()
        self._report.maybe_flush()
        return worked

    def behind(self) -> bool:
        """Whether a good part of a block waits, or a tenant's held records do."""
        waiting = max(spool.backlog() for spool in self.spools.values())
        return waiting > self._block_octets // 4 or self.held.next_due() is not None

    def _apply(self, form: Format, piece: Block | Chunk) -> None:
        """Apply a piece; halve it around a record that the database refuses, to go on without."""
        try:
            self._apply_whole(form, piece)
        except Refused as refused:
            if piece.lines > 1:
                for half in piece.halves():
                    self._apply(form, half)
            else:
                self._set_apart(form, piece, str(refused))

    def _apply_whole(self, form: Format, piece: Block | Chunk) -> None:
        """Apply a piece; of a block, what a broken tenant cannot take is held and stops nobody.

        Raises:
            Refused: one of its records is at fault.
            TenantBroken: the chunk's tenant still fails.
        """
        broken: dict[str, str] = {}
        made: set[PartitionMissing] = set()
        kept: set[tuple[bytes, str]] = set()
        while True:
            batch = self._read(form, piece)
            self._keep(form, [record for record in batch.refused if record not in kept])
            kept.update(batch.refused)
            try:
                try:
                    self._commit(form, batch, piece, broken)
                except PartitionMissing as missing:
                    self._make_partition(missing, made)
                else:
                    return
            except TenantBroken as fault:
                if isinstance(piece, Chunk):
                    raise
                broken[fault.tenant] = fault.reason
            except TenantsChanged as gone:
                log.warning("a tenant is gone", tenant=str(gone))

    def _read(self, form: Format, piece: Block | Chunk) -> Batch:
        """The piece's records; a tenant nobody knows is looked up before it is called unknown."""
        batch = read(piece.data, form, self.database.known)
        if any(reason.startswith(UNKNOWN_TENANT) for _, reason in batch.refused):
            self.database.refresh_tenants()
            batch = read(piece.data, form, self.database.known)
        return batch

    def _commit(
        self, form: Format, batch: Batch, piece: Block | Chunk, broken: dict[str, str]
    ) -> None:
        waiting = {} if isinstance(piece, Chunk) else dict.fromkeys(self.held.of(form.spool), "")
        applied = self.database.apply(form, batch, piece, {**waiting, **broken})
        if isinstance(piece, Block):
            self.spools[form].positions[piece.file] = piece.end
        self._report.add(form.spool, batch, applied)
        for tenant, reason in broken.items():
            self.held.add(form.spool, tenant)
            log.error("tenant held back", tenant=tenant, spool=form.spool, error=reason)

    def _set_apart(self, form: Format, piece: Block | Chunk, reason: str) -> None:
        refused = ((piece.data.removesuffix(b"\n"), reason),)
        self._keep(form, refused)
        self._commit(form, Batch(b"", 0, (), 0, refused), piece, {})

    def _keep(self, form: Format, refused: Sequence[tuple[bytes, str]]) -> None:
        if refused:
            quarantine.keep(self._quarantine, form.spool, refused)

    def _make_partition(self, missing: PartitionMissing, made: set[PartitionMissing]) -> None:
        if missing in made:
            raise TenantBroken(
                missing.tenant, f"no partition for {missing.day}, though it was made"
            )
        self.database.partitions(missing.tenant, missing.day, 1)
        made.add(missing)

    def _catch_up(self) -> bool:
        """Apply some of what one tenant has waiting; whether that worked.

        Twice a block at a time: while it catches up, its new records join those that wait.
        """
        if (turn := self.held.next_due()) is None:
            return False
        spool, tenant = turn
        form = next(form for form in self.spools if form.spool == spool)
        try:
            if chunk := self.database.held_chunk(spool, tenant, 2 * self._block_octets):
                self._apply(form, chunk)
        except TenantBroken as fault:
            records = self.database.retried(spool, tenant, fault.reason)
            self.held.failed(spool, tenant)
            told = {"tenant": tenant, "spool": spool, "records": records}
            log.error("tenant still held back", **told, error=fault.reason)
            return False
        if tenant in self.database.held(spool):
            self.held.succeeded(spool, tenant)
        else:
            self.held.remove(spool, tenant)
            log.info("tenant has caught up", tenant=tenant, spool=spool)
        return True

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
            now = watermarks[ACCOUNTING]
            # The watermark is not that of a tenant whose records wait.
            waiting = self.held.of(ACCOUNTING.spool)
            if self._due("heal", HEAL_EVERY_S):
                self._each_tenant(self.database.heal, now, "silent sessions", waiting)
            if self._due("purge", PURGE_EVERY_S):
                self._each_tenant(self.database.purge, now, "sessions purged", waiting)

    def _due(self, work: str, every_s: float) -> bool:
        if time.monotonic() < self._next[work]:
            return False
        self._next[work] = time.monotonic() + every_s
        return True

    def _each_tenant(
        self,
        function: Callable[[str, datetime], int],
        watermark: datetime,
        what: str,
        without: Collection[str] = (),
    ) -> None:
        for schema in sorted(self.database.tenants.difference(without)):
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
