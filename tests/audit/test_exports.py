"""Exports: a job writes the file, its own tenant fetches it for seven days, and the trail knows."""

import csv
import hashlib
import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from tests.conftest import Person, World
from tests.worker import Worker, until
from wificore.audit import exporting, farewell
from wificore.audit.exporting import FILES, cell, exports_forget
from wificore.audit.models import AuditEntry
from wificore.jobs.models import Job
from wificore.jobs.running import execute
from wificore.jobs.selectors import job_get, job_public_id
from wificore.jobs.services import job_start, job_take
from wificore.kernel.audit import Entry, record_many
from wificore.kernel.db.context import platform_context, tenant_context

EXPORTS = "/api/v1/audit/exports/"
JSON = "application/json"


pytestmark = pytest.mark.usefixtures("exports")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done in this process when they are asked for."""

    def send(job: Job, **_options: Any) -> None:
        key = job.created_at, job.pk

        def work() -> None:
            taken = job_take(created_at=key[0], number=key[1])
            assert taken is not None
            execute(taken)

        transaction.on_commit(work)

    monkeypatch.setattr("wificore.jobs.services._send", send)


def write(tenant: Any, count: int = 3, **values: Any) -> None:
    with tenant_context(tenant), transaction.atomic():
        record_many(
            [
                Entry("plan.created", "plan", str(n), None, values or {"name": 'Zoë, "x"\n'})
                for n in range(count)
            ]
        )


def ask(person: Person, **body: Any) -> Any:
    answer = person.client().post(EXPORTS, {"action": "plan.", **body}, JSON)
    assert answer.status_code == 202, answer.content
    return answer.json()


def fetch(person: Person, export: Any, url: str = EXPORTS) -> Any:
    answer = person.client().get(f"{url}{export['id']}/download/")
    answer.body = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return answer


@pytest.mark.usefixtures("at_once")
def test_lines_come_as_csv(alpha: Any, owner: Person) -> None:
    write(alpha)
    export = ask(owner)
    answer = fetch(owner, export)
    content = answer.body
    rows = list(csv.DictReader(StringIO(content.decode(), newline="")))
    assert [row["object_id"] for row in rows] == ["0", "1", "2"]
    assert json.loads(rows[0]["new"]) == {"name": 'Zoë, "x"\n'}
    assert rows[0]["id"].startswith(f"{timezone.now():%Y}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="audit-{export["id"]}.csv"'
    assert answer["Cache-Control"] == "no-store"
    shown = owner.client().get(f"{EXPORTS}{export['id']}/").json()
    assert (shown["state"], shown["done"], shown["total"]) == ("done", 3, 3)
    assert shown["result"] == {
        "rows": 3,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert shown["expires_at"] is not None
    assert [row["id"] for row in owner.client().get(EXPORTS).json()["results"]] == [export["id"]]


@pytest.mark.usefixtures("at_once")
def test_lines_come_as_json(alpha: Any, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    write(alpha, 5, name="=1+1")
    answer = fetch(owner, ask(owner, format="jsonl"))
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert [row["object_id"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert rows[0]["new"] == {"name": "=1+1"}
    assert rows[0]["actor_kind"] == "system"


@pytest.mark.usefixtures("at_once")
def test_an_export_has_the_filters_and_the_range_of_a_search(alpha: Any, owner: Person) -> None:
    write(alpha)
    assert ask(owner, object_id="1")["id"]
    later = (timezone.now() + timedelta(minutes=5)).isoformat()
    for body, rows in (({"object_id": "1"}, 1), ({"since": later}, 0)):
        export = ask(owner, **body)
        found = owner.client().get(f"{EXPORTS}{export['id']}/").json()
        assert found["result"]["rows"] == rows


@pytest.mark.parametrize("body", [{"format": "xls"}, {"action": "x y"}, {"since": "then"}])
def test_a_bad_request_is_400(owner: Person, body: dict[str, str]) -> None:
    assert owner.client().post(EXPORTS, body, JSON).status_code == 400


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "'=", " =1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@pytest.mark.usefixtures("at_once")
def test_asking_and_fetching_are_in_the_trail(alpha: Any, owner: Person) -> None:
    write(alpha)
    export = ask(owner)
    fetch(owner, export)
    with tenant_context(alpha):
        lines = AuditEntry.objects.filter(object_type="audit_export").order_by("at")
        told = [(line.action, line.actor_name, line.object_id) for line in lines]
    assert told == [
        ("audit_export.started", owner.email, export["id"]),
        ("audit_export.downloaded", owner.email, export["id"]),
    ]


@pytest.mark.usefixtures("at_once")
def test_the_stranger_the_operator_and_the_clerk_fetch_nothing(
    alpha: Any, owner: Person, clerk: Person, stranger: Person, operator: Person
) -> None:
    write(alpha)
    export = ask(owner)
    platform = "/api/platform/audit/exports/"
    assert fetch(clerk, export).status_code == 403
    assert fetch(stranger, export).status_code == 404
    assert fetch(operator, export, platform).status_code == 404
    assert stranger.client().get(EXPORTS).json()["results"] == []
    assert stranger.client().get(f"{EXPORTS}{export['id']}/").status_code == 404
    assert operator.client().get(platform).json()["results"] == []
    assert clerk.client().post(EXPORTS, {}, JSON).status_code == 403
    assert fetch(owner, export).status_code == 200


@pytest.mark.usefixtures("at_once")
def test_the_same_number_in_two_tenants_is_two_files(
    world: World, owner: Person, stranger: Person
) -> None:
    """Also when somebody's job has the very key of another tenant's."""
    write(world.alpha, name="lion")
    write(world.beta, name="zebra")
    export = ask(owner)
    with tenant_context(world.alpha):
        job = job_get(public_id=export["id"])
    with tenant_context(world.beta):
        job.save(force_insert=True)
        assert fetch(stranger, export).status_code == 404
        FILES.save(exporting.file_name(job), ContentFile(b"zebra"))
    assert b"lion" in fetch(owner, export).body
    assert b"zebra" not in fetch(owner, export).body
    assert fetch(stranger, export).body == b"zebra"


@pytest.mark.usefixtures("at_once")
def test_the_platform_exports_its_own_trail(operator: Person) -> None:
    platform = "/api/platform/audit/exports/"
    answer = operator.client().post(platform, {}, JSON)
    assert fetch(operator, answer.json(), platform).status_code == 200


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "number",
    ["..%2f..%2fts_beta%2fx", "20261121.1.csv", "..", "../../ts_beta/20261121.1", "20261121.-1"],
)
def test_no_id_leads_out_of_the_store(owner: Person, number: str, exports: Path) -> None:
    (exports / "ts_beta").mkdir(parents=True)
    (exports / "ts_beta" / "20261121.1.csv").write_text("zebra")
    answer = owner.client().get(f"{EXPORTS}{number}/download/")
    assert answer.status_code == 404


def test_a_job_of_another_kind_is_no_export(alpha: Any, owner: Person) -> None:
    with tenant_context(alpha):
        number = job_public_id(job_start(kind="tests.echo", params={"key": "k", "text": "t"}))
    assert owner.client().get(f"{EXPORTS}{number}/").status_code == 404
    assert owner.client().get(f"{EXPORTS}{number}/download/").status_code == 404


@pytest.mark.usefixtures("at_once")
def test_a_file_expires_after_seven_days(alpha: Any, owner: Person, exports: Path) -> None:
    write(alpha)
    export, other = ask(owner), ask(owner)
    old = timezone.now() - timedelta(days=7, seconds=1)
    file = exports / "ts_alpha" / f"{export['id']}.csv"
    os.utime(file, (old.timestamp(), old.timestamp()))
    with tenant_context(alpha):
        assert exports_forget() == {"files": 1}
        assert FILES.names() == [f"{other['id']}.csv"]
        Job.objects.filter(pk=other["id"].split(".")[1]).update(finished_at=old)
    for gone in (export, other):
        answer = fetch(owner, gone)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.usefixtures("at_once")
def test_too_many_rows_are_refused_with_what_to_do(
    alpha: Any, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MAX_ROWS", 2)
    write(alpha)
    export = owner.client().get(f"{EXPORTS}{ask(owner)['id']}/").json()
    assert (export["state"], export["expires_at"]) == ("failed", None)
    assert "shorter range" in export["error"]
    assert fetch(owner, export).status_code == 404


def test_a_deleted_tenants_files_and_note_go_with_it(world: World, exports: Path) -> None:
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            FILES.save("20261121.1.csv", ContentFile(b"x"))
    with platform_context():
        farewell.forget_tenant("ts_alpha", "owner")
    assert [path.name for path in sorted(exports.glob("*/*"))] == ["20261121.1.csv"]
    assert (exports / "ts_beta" / "20261121.1.csv").exists()


def test_a_real_worker_writes_the_file(
    alpha: Any, owner: Person, worker: Worker, settings: LazySettings
) -> None:
    """Into the store of the settings, which is not this test's."""
    write(alpha)
    export = ask(owner)

    def finished() -> Any:
        shown = owner.client().get(f"{EXPORTS}{export['id']}/").json()
        return shown if shown["state"] in ("done", "failed") else None

    shown = until(finished, worker.text)
    file = Path(settings.VAR_DIR) / "exports" / "ts_alpha" / f"{export['id']}.csv"
    try:
        assert (shown["state"], shown["result"]["rows"]) == ("done", 3), shown
        assert file.stat().st_size == shown["result"]["bytes"]
        assert file.stat().st_mode & 0o777 == 0o600
    finally:
        file.unlink(missing_ok=True)
