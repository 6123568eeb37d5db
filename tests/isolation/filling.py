"""Rows of every kind in both tenants, for tests that ask one tenant for the other's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connections
from django.test import override_settings

from radius.models import Login, Plan, Session
from radius.registry.services import nas_create
from radius.selectors import login_public_id, session_public_id
from radius.services import plan_create, subscriber_create
from radius.vouchers.services import voucher_batch_create
from tenants.models import PartitionOverride
from tests.conftest import World
from tests.files.pictures import picture
from tests.isolation.filling_money import Ids, money
from tests.isolation.filling_water import water
from wificore.access import services as access
from wificore.access.guard import By
from wificore.access.models import (
    AlertRoute,
    ApiToken,
    Department,
    Invitation,
    Position,
    Site,
    User,
)
from wificore.access.services import token_create, user_create
from wificore.access.sso.services import provider_create
from wificore.access.support.models import SupportSession
from wificore.audit.exporting import FILES, file_name
from wificore.audit.models import AuditEntry
from wificore.audit.selectors import entry_public_id
from wificore.audit.services import export_start
from wificore.files.links import url_of
from wificore.files.models import FileKind, StoredFile
from wificore.files.services import file_put
from wificore.jobs.selectors import job_public_id, job_rows
from wificore.jobs.services import job_start
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.notifications.models import Delivery as Sent
from wificore.notifications.models import Notification, Task
from wificore.notifications.services import sms_report_token_new
from wificore.realtime.models import App
from wificore.webhooks.models import Delivery
from wificore.webhooks.selectors import delivery_public_id
from wificore.webhooks.services import endpoint_create

BETAS = "zebra"
FIRST_ID = 500_000
# `_fill` gets 0 for alpha and 2 for beta, then this for beta again.
LAST_FILL = 5
DAY = timedelta(days=1)


@contextmanager
def filled(world: World, files: Path) -> Iterator[Ids]:
    """Both tenants have rows of every kind, and nobody works on them meanwhile.

    Args:
        files: a directory for the file stores.

    Yields:
        Beta's ids, by what they are of. The first ones are alpha's too.
    """
    with pytest.MonkeyPatch.context() as patch, override_settings(STORAGES=_stores(files)):
        for function in ("wificore.jobs.services._send", *_ENQUEUED, "tenants.orders.send"):
            patch.setattr(function, lambda *_a, **_k: None)
        yield _fill_both(world)
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            made = User.objects.filter(email__endswith="@filled.test")
            ApiToken.objects.filter(user__in=made).delete()
            made.delete()


_PAYMENT_TASKS = ("send_order", "send_return", "take_message", "ask_payment")
_ENQUEUED = [f"transactions.payments.tasks.{name}.enqueue" for name in _PAYMENT_TASKS]


def _stores(files: Path) -> dict[str, Any]:
    kind = "django.core.files.storage.FileSystemStorage"
    here = {
        name: {"BACKEND": kind, "OPTIONS": {"location": files / name}}
        for name in ("exports", "uploads")
    }
    return {**settings.STORAGES, **here}


def _fill_both(world: World) -> Ids:
    for number, tenant in enumerate((world.alpha, world.beta)):
        _count_from(tenant.schema_name, FIRST_ID)
        ids = _fill(tenant, "lion" if tenant is world.alpha else BETAS, 2 * number)
    more = _fill(world.beta, f"{BETAS}2", LAST_FILL)
    together = {name: ids[name] + more[name] for name in ids}
    together["tenant"] = [str(world.beta.pk), "beta"]
    with platform_context():
        app = App.objects.get(tenant=world.beta.schema_name)
        together["realtime_app"] = [str(app.pk), app.sealed_secrets[0]["id"]]
        kept = PartitionOverride.objects.create(tenant=world.beta, table="radacct", keep_days=30)
    together["override"] = [str(kept.pk)]
    return together


def _count_from(schema: str, number: int) -> None:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s, false)"
            " FROM pg_sequences WHERE schemaname = %s AND data_type = 'bigint'::regtype",
            [number, schema],
        )


def _fill(tenant: Any, word: str, number: int) -> Ids:
    now = datetime.now(UTC)
    with tenant_context(tenant):
        plan = plan_create(name=f"{word}-plan")
        subscriber = subscriber_create(username=f"{word}-user", password="secret1", plan=plan)
        router = nas_create(address=f"192.0.2.{number + 1}", secret="secret", name=f"{word}-tower")
        user = user_create(email=f"{word}@filled.test", password="secret1", roles=["cashier"])
        token, _ = token_create(user=user, name=f"{word}-token")
        organisation = _organise(word, user)
        provider = provider_create(
            kind="oidc",
            slug=f"{word}-sso",
            name=f"{word}-provider",
            # Nothing listens there, so that `test` is answered at once.
            config={"issuer": "http://127.0.0.1:9", "client_id": f"{word}-client"},
        )
        job = job_start(kind="tests.echo", params={"text": word})
        _packets(word, FIRST_ID + (number == 5), now)
        session = Session.objects.get(username=f"{word}-user")
        login = Login.objects.get(username=f"{word}-user")
        entry = AuditEntry.objects.filter(action="plan.created").latest("pk")
        earned = money(word, number, last=number == LAST_FILL)
        return {
            "plan": [str(plan.pk)],
            "subscriber": [str(subscriber.pk)],
            "router": [str(router.pk)],
            "user": [str(user.pk)],
            "token": [str(token.pk), token.public_id],
            "invitation": _invitation(user, word, now),
            "support_session": _support_session(tenant, word, now),
            "provider": [str(provider.pk), provider.slug],
            "job": [str(job.pk), job_public_id(job)],
            **_webhook(word),
            **earned,
            **water(word, earned["wallet"][1]),
            **_vouchers(word, plan),
            "session": [str(session.pk), session_public_id(session)],
            "login": [str(login.pk), login_public_id(login)],
            "audit_entry": [str(entry.pk), entry_public_id(entry)],
            "export": [_export(word)],
            "settings": ["1"],
            **organisation,
            **_notify(word),
            **_files(word, subscriber.pk),
        }


def _vouchers(word: str, plan: Plan) -> Ids:
    batch = voucher_batch_create(plan=plan, name=f"{word}-batch", count=1, free=True)
    return {"voucher_batch": [str(batch.pk)], "voucher": [str(batch.vouchers.get().pk)]}


def _organise(word: str, user: User) -> Ids:
    """Somebody who stands somewhere, and what leads there."""
    site = access.site_save(site=Site(name=f"{word}-hill"))
    department = access.department_save(
        department=Department(name=f"{word}-night"), sites=[site.pk]
    )
    position = Position(department=department, title=f"{word}-guard")
    access.position_save(position=position)
    role = access.role_create(name=f"{word}-role", title=word)
    held = access.assignment_create(user=user, position=position, starts_on=date(2026, 1, 1))
    route = AlertRoute(event_type="session.*", site=site)
    access.alert_route_save(route=route, departments=[department.pk])
    return {
        "site": [str(site.pk)],
        "department": [str(department.pk)],
        "position": [str(position.pk)],
        "role": [str(role.pk)],
        "assignment": [str(held.pk)],
        "alert_route": [str(route.pk)],
    }


def _notify(word: str) -> Ids:
    """What the owner of each tenant was told, and what waits to be done."""
    user = User.objects.get(email__in=["owner@alpha.test", "stranger@beta.test"])
    told = Notification.objects.create(
        event_id=len(word), user=user, event_type="nas.silent", severity=30, title=f"{word} is away"
    )
    sent = Sent.objects.create(
        notification=told, channel="email", address=f"{word}@mail.test", state="sent"
    )
    work = Task.objects.create(
        event_id=len(word),
        kind="nas.silent",
        subject=word,
        context={"name": word},
        severity=30,
        code="radius.nas.view",
    )
    return {
        "task": [str(work.pk)],
        "notification": [str(told.pk)],
        "sent": [str(sent.pk)],
        "sms_report": [sms_report_token_new()],
    }


def _files(word: str, subscriber: int) -> Ids:
    """A picture that is attached to a customer; it is called by the tenant's word."""
    kept = file_put(
        kind=FileKind.ATTACHMENT,
        subject_type="subscriber",
        subject_id=subscriber,
        content=picture(),
        name=f"{word}.png",
    )
    return {"file": [opened_by(kept)], "attachment": [str(subscriber), kept.public_id]}


def opened_by(kept: StoredFile) -> str:
    return url_of(kept).rsplit("/", 1)[1]


def _webhook(word: str) -> Ids:
    """An endpoint at which nothing listens, and what could not be sent to it."""
    owner = User.objects.get(email__in=["owner@alpha.test", "stranger@beta.test"])
    by = By(owner.subject())
    url = f"http://127.0.0.1:9/{word}"
    endpoint, _ = endpoint_create(url=url, event_types=["plan.*"], description=word, by=by)
    row = Delivery.objects.create(
        event_at=datetime.now(UTC),
        endpoint_id=endpoint.pk,
        event_id=1,
        type="plan.created",
        body=json.dumps({"seq": 1, "subject": "1", "data": {"name": word}}),
        state="failed",
        error=word,
    )
    return {"webhook": [str(endpoint.pk)], "delivery": [str(row.pk), delivery_public_id(row)]}


def _export(word: str) -> str:
    """One that is done, with its file."""
    now = datetime.now(UTC)
    job = export_start(since=now, until=now, filters={"q": word}, file_format="csv")
    done = {"state": "done", "finished_at": now, "result": {"rows": 1}}
    job_rows(job.created_at, job.pk).update(**done)
    FILES.save(file_name(job), ContentFile(word.encode()))
    return job_public_id(job)


def _invitation(user: User, word: str, now: datetime) -> list[str]:
    row = Invitation.objects.create(
        public_id=f"invited-{word}",
        email=f"{word}@invited.test",
        inviter=user,
        created_at=now,
        expires_at=now + DAY,
    )
    return [str(row.pk), row.public_id]


def _support_session(tenant: Any, word: str, now: datetime) -> list[str]:
    with platform_context():
        row = SupportSession.objects.create(
            public_id=f"support-{word}",
            tenant=tenant.schema_name,
            digest=word,
            role="viewer",
            reason=word,
            operator_id=1,
            operator=f"{word}@platform.test",
            created_at=now,
            expires_at=now + DAY / 24,
            told_at=now,
        )
    return [str(row.pk), row.public_id]


def _packets(word: str, number: int, now: datetime) -> None:
    """What the ingester would have written."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO radacct_open (radacctid, acctsessionid, acctuniqueid, username,"
            " nasipaddress, acctstarttime, acctupdatetime)"
            " VALUES (%s, %s, %s, %s, '192.0.2.1', %s, %s)",
            [number, word, f"{number:032}", f"{word}-user", now, now],
        )
        cursor.execute(
            "INSERT INTO radpostauth (id, username, reply, authdate)"
            " VALUES (%s, %s, 'Access-Accept', %s)",
            [number, f"{word}-user", now],
        )
