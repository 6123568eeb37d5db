"""manage.py subscribers_import: a CSV file of subscribers, at once and without a worker."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from radius.imports.reading import MAX_OCTETS
from radius.imports.report import Report
from radius.imports.services import import_drop, import_run, import_store
from tenants.models import Tenant
from tenants.selectors import tenant_get
from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import tenant_context
from wificore.kernel.progress import EVERY_QUIET_S, EVERY_S, line

BAD_INPUT = 2


class Shown:
    """An import's progress as lines; its end is the command's."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out, self.drawn = out, out.isatty()
        self.began = self.shown = time.monotonic()
        self.error = ""

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        now = time.monotonic()
        if done != total and now - self.shown < (EVERY_S if self.drawn else EVERY_QUIET_S):
            return
        self.shown = now
        text = line(note, done, total or done, now - self.began)
        self.out.write(f"\r\x1b[K{text}" if self.drawn and done != total else text)

    def complete(self, result: Mapping[str, Any] | None = None) -> None:
        """The transaction's commit is all there is to do."""

    def fail(self, error: str, result: Mapping[str, Any] | None = None) -> None:
        self.error = error


class Command(BaseCommand):
    help = "Import subscribers from a CSV file: all rows, or none. Exit code 2: rows are bad."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--update", action="store_true", help="change accounts that exist")
        parser.add_argument("file", type=Path)

    def handle(self, *_args: object, **options: Any) -> None:
        content = _read(options["file"])
        with tenant_context(_tenant(options["tenant"])):
            report = self._import(content, options["dry_run"], options["update"])
        for fault in report.faults:
            self.stderr.write(f"line {fault.line}, {fault.field}: {fault.message}")
        if report.faults:
            message = f"{report.bad_rows} of {report.rows} rows are bad, nothing was written"
            raise CommandError(message, returncode=BAD_INPUT)
        done = "would be created" if report.dry_run else "created"
        self.stdout.write(f"{report.created} {done}, {report.updated} updated")

    def _import(self, content: bytes, dry_run: bool, update: bool) -> Report:
        ending = Shown(self.stderr)
        try:
            batch = import_store(content=content, dry_run=dry_run, update=update)
        except DomainError as error:
            raise CommandError(error.message, returncode=BAD_INPUT) from None
        try:
            report = import_run(number=batch.pk, ending=ending)
        except BaseException:
            import_drop(number=batch.pk)
            raise
        if ending.error and not report.faults:
            raise CommandError(ending.error)
        return report


def _tenant(slug: str) -> Tenant:
    try:
        return tenant_get(slug=slug)
    except Tenant.DoesNotExist:
        raise CommandError(f"no tenant {slug!r}: see manage.py tenant_list") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=BAD_INPUT) from None
