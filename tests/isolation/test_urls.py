"""Every URL route as somebody of alpha: with beta's ids on alpha's host, and on other hosts.

The two tenants' rows have the same ids where the schema counts them, and beta has more. Nothing
that alpha's owner sends may show a word of beta's or change a row of beta's.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connections
from django.test import Client
from django_redis import get_redis_connection

from radius.models import Login, Plan, Session
from radius.registry.services import nas_create
from radius.selectors import login_public_id, session_public_id
from radius.services import plan_create, subscriber_create
from tenants.models import PartitionOverride
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from tests.files.pictures import picture
from tests.isolation import registry
from tests.isolation.routes import parameters, resource_of, routes
from tests.isolation.test_registry import PLATFORM_URLS, TENANT_URLS
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account
from transactions.payments.gateways.provider import Arrival, Door, Outcome
from transactions.payments.gateways.providers import callback_token
from transactions.payments.models import Payment, Suspense
from transactions.payments.services import arrival_take, mpesa_callback_token, payment_create
from transactions.resellers.services import float_top_up, resale_make, reseller_create
from transactions.tills.services import day_close, sale_make, shift_close, shift_open
from transactions.wallets.services import top_up, wallet_open
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
from wificore.kernel.actor import Actor, acting_as
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context
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
METHODS = ("get", "head", "options", "put", "patch", "post", "delete")
JSON = "application/json"
REDIS_KEY = 5

Ids = dict[str, list[str]]
TENANT_ROUTES = routes(TENANT_URLS)
PLATFORM_ROUTES = routes(PLATFORM_URLS)
# Routes of the platform's host that strangers may see: nothing of a tenant is in them.
ACCEPT = "api/v1/access/invitations/accept/"
WEB = ("", "{page}", "manifest.webmanifest")
OPEN = ("admin/login/", "admin/jsi18n/", "api/schema/", "api/docs/", "sign-in/reset", ACCEPT, *WEB)
# Takes a secret in its path instead of a credential; at another tenant it is 404.
REPORTS = "api/v1/notifications/sms/reports/{token}/"
# The same of payments, with a raw inbox: what comes with the secret is stored there.
CALLBACKS = "api/v1/pay/cb/{token}/"
INBOX = "payments_inboxmessage"


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch, exports: Path, uploads: Path) -> None:
    monkeypatch.setattr("wificore.jobs.services._send", lambda *_a, **_k: None)
    monkeypatch.setattr("tenants.orders.send", lambda _slug: None)
    for name in ("send_order", "send_return", "take_message", "ask_payment"):
        monkeypatch.setattr(f"transactions.payments.tasks.{name}.enqueue", lambda *_: None)


@pytest.fixture
def betas_ids(world: World) -> Iterator[Ids]:
    """Both tenants are filled; beta's ids, by what they are of. The first ones are alpha's too."""
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
    yield together
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            made = User.objects.filter(email__endswith="@filled.test")
            ApiToken.objects.filter(user__in=made).delete()
            made.delete()


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
            **_money(word, number),
            "session": [str(session.pk), session_public_id(session)],
            "login": [str(login.pk), login_public_id(login)],
            "audit_entry": [str(entry.pk), entry_public_id(entry)],
            "export": [_export(word)],
            "settings": ["1"],
            **organisation,
            **_notify(word),
            **_files(word, subscriber.pk),
        }


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


def _money(word: str, number: int) -> Ids:
    """A customer's wallet with something in it."""
    wallet = wallet_open(name=f"{word}-customer", phone=f"+25471234567{number}")
    source = account(Kind.CLEARING, "mpesa")
    top_up(wallet, 50_000_000, source=source, channel="mpesa", key=f"payment:{word}", reason=word)
    cashier = Actor("user", id=str(900_000 + number), name=f"{word}-cashier")
    with acting_as(cashier):
        shift = shift_open(float_micro=0)
        shop = reseller_create(name=f"{word}-shop", commission_bp=500)
        float_top_up(reseller=shop, amount_micro=50_000_000)
        plan = plan_create(name=f"{word}-daily", price_micro=10_000_000, validity_s=86_400)
        sale = sale_make(subscriber=wallet.subscriber, plan=plan, pay="wallet")
        resale_make(reseller=shop, subscriber=wallet.subscriber, plan=plan)
        shift_close(shift=shift, counted_micro=50_000_000, note=word)
        # A tenant that is filled twice closes two days.
        today = datetime.now(UTC).date()
        last = number == LAST_FILL
        day = day_close(day=today if last else today - DAY, note=word)
        # One that is open, but not under the close of the second filling.
        shifts = [shift, shift_open(float_micro=0)] if last else [shift]
    return {
        "wallet": [str(wallet.pk), wallet.public_id],
        "shift": [name for row in shifts for name in (str(row.pk), row.public_id)],
        "sale": [str(sale.pk), sale.public_id],
        "reseller": [str(shop.pk), shop.public_id],
        "transfer": [str(sale.transfer_id)],
        "day": [str(day.pk), day.public_id],
        **_payments(wallet, word),
    }


def _payments(wallet: Any, word: str) -> Ids:
    """A payment that was asked for, money of nobody's, and the secret of the callbacks."""
    row = Payment(wallet=wallet, provider="mpesa", amount_micro=1_000_000, currency="KES")
    payment = payment_create(payment=row)
    arrival = Arrival(
        Outcome.PAID,
        receipt=word.upper(),
        amount_micro=1_000_000,
        currency="KES",
        account_ref=f"{word}-account",
    )
    arrival_take(provider="mpesa", arrival=arrival, door=Door.C2B)
    found = Suspense.objects.latest("pk")
    token = callback_token() or mpesa_callback_token()
    return {
        "payment": [str(payment.pk), payment.public_id],
        "suspense": [str(found.pk), found.public_id],
        "callback": [token],
    }


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


def everything(schema: str, tenant: str | None = None) -> dict[str, str]:
    """A checksum of every table; of shared ones, of the tenant's rows."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition",
            [schema],
        )
        names = [name for (name,) in cursor.fetchall()]
        sums = ", ".join(
            f"(SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), ''))"
            f' FROM "{schema}"."{name}" t{_rows(name, tenant)})'
            for name in names
        )
        cursor.execute(f"SELECT {sums}")
        return dict(zip(names, cursor.fetchone(), strict=True))


def _rows(name: str, tenant: str | None) -> str:
    return f" WHERE t.tenant = '{tenant}'" if name == "nas_registry" and tenant else ""


def paths(route: str, registered: dict[str, str], ids: Ids) -> list[str]:
    """The route with each of the ids in its place."""
    names = parameters(route)
    subject = registered[resource_of(route, registered) or ""]
    with platform_context():
        other = {
            "app_label": "radius",
            "url": "x",
            "content_type_id": ContentType.objects.get_for_model(Plan).pk,
        }
    found = []
    for value in ids.get(subject, [""]):
        path = f"/{route}"
        for name in names:
            path = path.replace("{" + name + "}", str(other.get(name, value)))
        found.append(path)
    return list(dict.fromkeys(found))


def send(client: Client, method: str, path: str) -> Any:
    """A request that would do something if it could: forms say yes, bodies name new values."""
    if method in ("put", "patch", "post", "delete") and path.startswith("/api/"):
        body = {"name": "taken", "password": "taken-over", "confirm": "beta", "reason": "x"}
        return getattr(client, method)(path, body, JSON)
    if method == "post":
        return client.post(path, {"post": "yes", "name": "taken", "_save": "Save"})
    return getattr(client, method)(path)


@pytest.mark.parametrize("route", TENANT_ROUTES)
def test_with_betas_ids_alphas_owner_reads_and_changes_nothing_of_beta(
    world: World, owner: Person, betas_ids: Ids, route: str
) -> None:
    before = everything("ts_beta")
    shared = _betas_shared_rows()
    for path in paths(route, registry.TENANT_ROUTES, betas_ids):
        for method in METHODS:
            by_api = path.startswith("/api/")
            client = owner.client() if by_api else sign_in(owner.host, owner.email)
            client.raise_request_exception = False
            answer = send(client, method, path)
            assert answer.status_code < 500, (method, path, _content(answer)[:500])
            assert BETAS.encode() not in _content(answer), (method, path)
    assert everything("ts_beta") == before
    assert _betas_shared_rows() == shared
    assert_keys_are_registered()


def _content(answer: Any) -> bytes:
    """All of it, also of an answer that is a file."""
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return content


def _betas_shared_rows() -> list[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM nas_registry t WHERE tenant = 'ts_beta'"
            " UNION ALL SELECT t::text FROM support_session t WHERE tenant = 'ts_beta' ORDER BY 1"
        )
        return list(cursor.fetchall())


def assert_keys_are_registered() -> None:
    """`wificore:<kind>:<schema>:<version>:<key>`, and nothing else in these databases."""
    for alias in ("default", "sessions"):
        for raw in get_redis_connection(alias).keys("*"):
            parts = raw.decode().split(":", REDIS_KEY - 1)
            assert parts[0] == "wificore", raw
            assert parts[2] in ("public", "ts_alpha", "ts_beta", "ts_gamma"), raw
            assert parts[4].startswith(registry.KEYS[parts[1]]), raw


@pytest.mark.parametrize("route", [route for route in TENANT_ROUTES if route.startswith("api/")])
def test_alphas_token_is_nobodys_on_betas_host(
    world: World, owner: Person, betas_ids: Ids, route: str
) -> None:
    before = everything("ts_beta")
    for path in paths(route, registry.TENANT_ROUTES, betas_ids):
        for method in METHODS:
            answer = send(owner.client(host="beta.localhost"), method, path)
            if route == REPORTS:
                # The secret in the path is its credential, and it is beta's: a report of nothing.
                assert answer.status_code in (200, 404, 405, 415), (method, path)
            elif route.startswith(CALLBACKS):
                assert answer.status_code in (200, 400, 401, 405), (method, path)
            elif route not in OPEN:
                assert answer.status_code == 401, (method, path)
    after = everything("ts_beta")
    if route.startswith(CALLBACKS):
        before[INBOX] = after[INBOX]
    assert after == before


@pytest.mark.parametrize("route", PLATFORM_ROUTES)
def test_a_tenants_owner_opens_no_route_of_the_platforms_host(
    world: World, owner: Person, betas_ids: Ids, route: str
) -> None:
    cookie = sign_in(owner.host, owner.email).cookies["wc_session"].value
    before = everything(PUBLIC)
    for path in paths(route, registry.PLATFORM_ROUTES, betas_ids):
        for method in METHODS:
            client = owner.client(host="platform.localhost")
            if not path.startswith("/api/"):
                client = Client(headers={"host": "platform.localhost"})
                client.cookies["wc_platform_session"] = cookie
            answer = send(client, method, path)
            if route not in OPEN:
                assert not 200 <= answer.status_code < 300, (method, path)
            assert answer.status_code < 500, (method, path)
            assert BETAS.encode() not in answer.content, (method, path)
    after = everything(PUBLIC)
    # A sign-in that is not this host's is ended, which the session's table knows.
    assert {**after, "django_session": ""} == {**before, "django_session": ""}
