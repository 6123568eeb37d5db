"""`manage.py partitions plan|apply|status|archive|restore`: the partition engine by hand.

Exit codes: 0 done, 1 something failed or an alarm is up, 2 misuse.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from tenants import partitioning
from tenants.models import Tenant
from tenants.selectors import tenant_get
from wificore.kernel.db.context import PUBLIC, platform_context
from wificore.kernel.db.partitions import Action, Outcome, apply, planned
from wificore.kernel.db.partitions.manifest import ArchiveInvalid
from wificore.kernel.db.partitions.manual import Refused, archive_now, bring_back
from wificore.kernel.db.partitions.restore import RestoreRefused
from wificore.kernel.db.partitions.status import Line
from wificore.kernel.db.router import OWNER_ALIAS
from wificore.kernel.progress import progress

HOLD_DAYS = 30
ROW = (
    "{schema:<24} {table:<20} {schemas:>7} {partitions:>10} {oldest:<10} {until:<10} "
    "{detached:>8} {pending:>7}"
)


class Command(BaseCommand):
    help = "Partitions: what is to be done, do it, how they are, one into the archive or back."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        _tenants(verbs.add_parser("plan", help="print what `apply` would do now"))
        apply_ = verbs.add_parser("apply", help="create, detach, archive, verify, drop")
        _tenants(apply_)
        apply_.add_argument("--dry-run", action="store_true", help="only print the plan")
        status = verbs.add_parser("status", help="how far partitions reach; exit code 1 on alarms")
        _tenants(status)
        status.add_argument("--json", action="store_true", help="JSON instead of a table")
        _one(verbs.add_parser("archive", help="one partition into the archive before its time"))
        restore = verbs.add_parser("restore", help="one partition back from the archive")
        _one(restore)
        restore.add_argument(
            "--hold-days",
            type=int,
            default=HOLD_DAYS,
            metavar="N",
            help=f"days that retention leaves it alone (default: {HOLD_DAYS})",
        )

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        if OWNER_ALIAS not in connections:
            raise CommandError("DATABASE_OWNER_URL is not set: partitions are the owner's.")
        verbs: dict[str, Callable[..., object]] = {
            "plan": self._plan,
            "apply": self._apply,
            "status": self._status,
            "archive": self._archive,
            "restore": self._restore,
        }
        with platform_context():
            verbs[verb](**options)

    def _plan(self, *, tenant: list[str], **_options: Any) -> list[Action]:
        schemas = _schemas(tenant)
        actions = planned(schemas, datetime.now(UTC), overrides=partitioning.overrides(schemas))
        for action in actions:
            self.stdout.write(str(action))
        self.stdout.write(f"{len(actions)} actions in {len(schemas)} schemas")
        return actions

    def _apply(self, *, dry_run: bool, **options: Any) -> None:
        actions = self._plan(**options)
        if dry_run or not actions:
            return
        failed = [outcome for outcome in self._shown(actions) if outcome.error]
        for outcome in failed:
            self.stderr.write(f"{outcome.action}: {outcome.error}")
        if failed:
            raise CommandError(f"{len(failed)} of {len(actions)} actions failed")

    def _shown(self, actions: list[Action]) -> list[Outcome]:
        bar = progress(
            apply(actions),
            len(actions),
            sys.stderr,
            label="partitions",
            drawn=sys.stderr.isatty(),
        )
        return list(bar)

    def _status(self, *, tenant: list[str], **options: Any) -> None:
        report = partitioning.report(_schemas(tenant), datetime.now(UTC), each=bool(tenant))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
        else:
            self._table(report)
        if report.alarms:
            raise CommandError(f"{len(report.alarms)} alarms")

    def _table(self, report: partitioning.Report) -> None:
        self.stdout.write(ROW.format(**{field.name: field.name for field in fields(Line)}))
        for line in report.lines:
            self.stdout.write(ROW.format(**asdict(line)))
        self.stdout.write(f"{report.relations:,} relations in the database")
        for alarm in report.alarms:
            self.stdout.write(f"ALARM {alarm}")

    def _archive(self, *, tenant: str, partition: str, **_options: Any) -> None:
        _guarded(archive_now, _schema(tenant), partition, datetime.now(UTC), using=OWNER_ALIAS)
        self.stdout.write(f"{partition} is archived, verified and dropped")

    def _restore(self, *, tenant: str, partition: str, hold_days: int, **_options: Any) -> None:
        if hold_days < 0:
            raise CommandError("--hold-days: 0 or more", returncode=2)
        hold = datetime.now(UTC) + timedelta(days=hold_days)
        schema = _schema(tenant)
        since = None if schema == PUBLIC else tenant_get(slug=tenant).created_at
        rows = _guarded(bring_back, schema, partition, hold, using=OWNER_ALIAS, since=since)
        what = "was still there" if rows is None else f"is back from the archive with {rows} rows"
        self.stdout.write(f"{partition} {what}, held until {hold:%Y-%m-%d}")


def _tenants(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--tenant",
        action="append",
        default=[],
        metavar="SLUG",
        help="only this tenant, or `public`; may be given again (default: all)",
    )


def _one(parser: ArgumentParser) -> None:
    parser.add_argument("tenant", metavar="TENANT", help="its slug, or `public`")
    parser.add_argument("partition", metavar="PARTITION", help="for example radacct_p20261121")


def _schemas(slugs: list[str]) -> list[str]:
    return [_schema(slug) for slug in slugs] or partitioning.all_schemas()


def _schema(slug: str) -> str:
    if slug == PUBLIC:
        return PUBLIC
    try:
        return str(tenant_get(slug=slug).schema_name)
    except Tenant.DoesNotExist:
        raise CommandError(f"there is no tenant {slug!r}", returncode=2) from None


def _guarded(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return work(*args, **kwargs)
    except (Refused, RestoreRefused, ArchiveInvalid) as error:
        raise CommandError(str(error)) from None
