"""`manage.py audit_verify`: is the audit trail what it was when it was sealed? (docs/audit.md)

Exit codes: 0 clean, 1 tampering found, 2 wrong arguments.
"""

import json
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Tenant
from tenants.selectors import tenant_get, tenants_with_schema
from wificore.audit import keys, verify
from wificore.audit.verify import Report
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context
from wificore.kernel.progress import progress

USING = "default"
MAX_SEQ = 2**63


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema by its name alone."""

    schema_name: str

    def context(self) -> AbstractContextManager[None]:
        return platform_context() if self.schema_name == PUBLIC else tenant_context(self)


class Command(BaseCommand):
    help = "Verify the audit trail's hash chain and every row that it covers."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--tenant", action="append", metavar="SLUG", help="one tenant; may be given again"
        )
        which.add_argument("--platform", action="store_true", help="the platform's own trail")
        which.add_argument("--all", action="store_true", help="the platform and every tenant")
        parser.add_argument(
            "--since", metavar="DATE", help="only rows of this UTC day and later: 2026-11-05"
        )
        parser.add_argument(
            "--expect",
            metavar="SEAL:MAC",
            help="a seal as the log has it (`audit sealed`): proves that nobody put the whole"
            " database back; for one schema",
        )
        parser.add_argument("--json", action="store_true", help="one JSON list on stdout")

    def handle(self, *_args: Any, **options: Any) -> None:
        schemas, since = _schemas(options), _since(options["since"])
        expected = _expected(options["expect"])
        if expected and len(schemas) > 1:
            raise CommandError("--expect is for one schema", returncode=2)
        reports = []
        for schema in schemas:
            reports.append(self._one(schema, since, expected))
            if not options["json"]:
                self.stdout.write("\n".join(reports[-1].lines()))
        if options["json"]:
            self.stdout.write(json.dumps([report.as_json() for report in reports]))
        if found := sum(len(report.findings) for report in reports):
            raise CommandError(f"{found} findings: the trail was tampered with", returncode=1)

    def _one(
        self, schema: Schema, since: date | None, expected: tuple[int, bytes] | None
    ) -> Report:
        name, report = schema.schema_name, Report(schema.schema_name)
        with platform_context():
            now = datetime.now(UTC)
            retention = verify.retention_of(name, using=USING, store=None, now=now)
        with schema.context():
            work = verify.plan(retention, using=USING, since=since, expected=expected)
            days = work.run(report)
            label = f"{name}, days"
            drawn = sys.stderr.isatty()
            for _ in progress(days, len(work.days), sys.stderr, label=label, drawn=drawn):
                """The bar shows them."""
        return report


def _schemas(options: dict[str, Any]) -> list[Schema]:
    if options["tenant"]:
        return [Schema(_schema(slug)) for slug in options["tenant"]]
    if options["all"]:
        tenants = tenants_with_schema(USING)
        return [Schema(PUBLIC), *(Schema(tenant.schema_name) for tenant in tenants)]
    return [Schema(PUBLIC)]


def _schema(slug: str) -> str:
    try:
        return str(tenant_get(slug=slug).schema_name)
    except Tenant.DoesNotExist:
        raise CommandError(f"there is no tenant {slug!r}", returncode=2) from None


def _since(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError("--since: give a day like 2026-11-05", returncode=2) from None


def _expected(text: str | None) -> tuple[int, bytes] | None:
    if text is None:
        return None
    number, _, mac = text.partition(":")
    try:
        found = int(number), bytes.fromhex(mac)
    except ValueError:
        found = 0, b""
    if not 0 < found[0] < MAX_SEQ or len(found[1]) != keys.MAC_BYTES:
        raise CommandError("--expect: give it as the log has it, 41:9f3c..", returncode=2)
    return found
