"""Fixtures of all tests: a real database with two tenants, and three people.

    alpha   the tenant under test: its owner (all rights) and its clerk (few rights)
    beta    another tenant: its owner is the stranger who must see nothing of alpha

`make test` starts PostgreSQL and Redis of its own and says where they are; here the database is
made anew, migrated, and given its two tenants through the product's own provisioning.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client
from django_redis import get_redis_connection
from psycopg2.extensions import make_dsn, parse_dsn

from tests.mail import Mailbox, running_mailbox
from tests.worker import Worker, running_worker
from wificore.devserver.config import LOOPBACK
from wificore.kernel.db import roles
from wificore.kernel.db.context import platform_context, tenant_context

# Here, not in its own folder's: with several workers, the one that sums up reads this file only.
pytest_plugins = ("tests.isolation.summary", "tests.realtime.summary")

PASSWORD = "correct horse battery staple"

# Rows that belong to the fixtures; everything else a test wrote is deleted after it.
KEPT = (
    "django_migrations",
    "auth_permission",
    "access_user",
    "access_user_roles",
    "access_role",
    "access_settings",
    "access_apitoken",
    "account_emailaddress",
)
KEPT_PUBLIC = (*KEPT, "django_content_type", "tenants_tenant", "tenants_domain", "realtime_app")
KEPT_TENANT = (*KEPT, "radius_settings", "radius_voucher_key")


@dataclass(frozen=True)
class Person:
    """A user with the token that programs would use."""

    email: str
    role: str
    token: str
    host: str

    def client(self, **headers: str) -> Client:
        """An HTTP client that sends this person's token to the person's own host."""
        return Client(
            headers={"authorization": f"Token {self.token}", "host": self.host, **headers},
            raise_request_exception=False,
        )


@dataclass(frozen=True)
class World:
    """What the session's fixtures made."""

    alpha: Any
    beta: Any
    people: dict[str, Person]


@pytest.fixture(scope="session")
def superuser_dsn() -> str:
    """The superuser of the tests' own cluster; `make test` starts it and exports this."""
    return os.environ["DATABASE_ADMIN_URL"]


def _recreate_database(superuser_dsn: str) -> None:
    urls = {role: os.environ[name] for role, name in ROLE_URLS.items()}
    name = parse_dsn(urls[roles.APP])["dbname"]
    connection = psycopg2.connect(superuser_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    connection.close()
    passwords = {role: parse_dsn(url)["password"] for role, url in urls.items()}
    roles.bootstrap(superuser_dsn, name, passwords)


ROLE_URLS = {
    roles.APP: "DATABASE_URL",
    roles.PROVISION: "DATABASE_OWNER_URL",
    roles.RADIUS: "DATABASE_RADIUS_URL",
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, superuser_dsn: str) -> Iterator[World]:
    """Instead of Django's test database: ours, with its roles, rights and two tenants."""
    with django_db_blocker.unblock():
        _recreate_database(superuser_dsn)
        for alias in ("default", "sessions"):
            get_redis_connection(alias).flushdb()
        # Messages that workers of an earlier run left.
        redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
        call_command("migrate", verbosity=0)
        world = _build_world()
        # What making it published and audited is no test's.
        clean(world)
        yield world
        for connection in connections.all(initialized_only=True):
            connection.close()


def _build_world() -> World:
    from tenants.hooks import Owner
    from tenants.services import tenant_create

    alpha = tenant_create(
        slug="alpha", name="Alpha WiFi", owner=Owner("owner@alpha.test", PASSWORD)
    )
    beta = tenant_create(
        slug="beta", name="Beta Networks", owner=Owner("stranger@beta.test", PASSWORD)
    )
    people = {
        "owner": _person(alpha, "owner@alpha.test", "owner"),
        "clerk": _person(alpha, "clerk@alpha.test", "cashier"),
        "stranger": _person(beta, "stranger@beta.test", "owner"),
        "operator": _person(None, "operator@platform.test", "operator"),
    }
    return World(alpha, beta, people)


def _person(tenant: Any, email: str, role: str) -> Person:
    from tenants.selectors import primary_host
    from wificore.access.models import User
    from wificore.access.services import token_create, user_create

    with tenant_context(tenant) if tenant else platform_context():
        user = User.objects.filter(email=email).first() or user_create(
            email=email, password=PASSWORD, roles=[role]
        )
        token = token_create(user=user, name="tests")[1]
    return Person(email, role, token, primary_host(tenant) if tenant else "platform.localhost")


@pytest.fixture
def world(django_db_setup: World, django_db_blocker: Any) -> Iterator[World]:
    """The two tenants and their people; what a test wrote is gone after it."""
    with django_db_blocker.unblock():
        yield django_db_setup
        clean(django_db_setup)


def assert_applied() -> None:
    """Each connection is where the backend left it: nobody set its path or role by hand."""
    for connection in connections.all(initialized_only=True):
        if connection.connection is None or connection._applied is None:
            continue
        try:
            there = _state_of(connection.connection)
        except psycopg2.Error:
            # A test killed its backend: there is no state any more.
            connection.close()
            continue
        assert there == connection._applied, f"search_path, role, tenant of {connection.alias!r}"


def _state_of(connection: Any) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('search_path'), current_setting('role'),"
            " current_setting('app.tenant')"
        )
        found: tuple[str, ...] = cursor.fetchone()
    return found


def clean(world: World) -> None:
    """The world as it was built; what a test wrote is gone."""
    from tenants.selectors import forget_own_hosts

    assert_applied()
    for connection in connections.all(initialized_only=True):
        assert not connection.in_atomic_block, "a test left a transaction open"
    with platform_context():
        for tenant in (world.alpha, world.beta):
            tenant.refresh_from_db()
        _empty("public", KEPT_PUBLIC, world.people.values())
    for tenant in (world.alpha, world.beta):
        _empty(tenant.schema_name, KEPT_TENANT, world.people.values())
    for alias in ("default", "sessions"):
        get_redis_connection(alias).flushdb()
    forget_own_hosts()
    _reset_realtime([world.alpha.schema_name, world.beta.schema_name])


def _reset_realtime(schemas: list[str]) -> None:
    """The tenants' apps as they were made, each with one secret; nobody's memory of them."""
    from wificore.realtime.models import FIRST_WEBHOOK_EVENTS, App
    from wificore.realtime.registry import registry

    made = App(webhook_events=list(FIRST_WEBHOOK_EVENTS))
    names = ("enabled", "blocked", "max_connections", "client_events", "allowed_origins")
    values = {name: getattr(made, name) for name in (*names, "webhook_url", "webhook_events")}
    with platform_context():
        App.objects.exclude(tenant__in=schemas).delete()
        App.objects.exclude(**values).update(**values)
        for app in App.objects.filter(sealed_secrets__1__isnull=False):
            App.objects.filter(pk=app.pk).update(sealed_secrets=app.sealed_secrets[-1:])
    registry.forget_all()


def _empty(schema: str, kept: tuple[str, ...], people: Iterable[Person]) -> None:
    """DELETE, not TRUNCATE: most tables are empty, and TRUNCATE makes new files for each."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL (%s)",
            [schema, list(kept)],
        )
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute("".join(f'DELETE FROM "{schema}"."{name}";' for name in names))
        cursor.execute(
            FORGET_OTHERS.replace("{schema}", schema),
            {"emails": [person.email for person in people]},
        )


# Of what is kept above: the fixtures' people as they were made, and nobody and nothing else.
FORGET_OTHERS = """
DELETE FROM "{schema}".access_apitoken WHERE name <> 'tests';
DELETE FROM "{schema}".account_emailaddress WHERE user_id NOT IN (
    SELECT id FROM "{schema}".access_user WHERE email = ANY (%(emails)s));
DELETE FROM "{schema}".access_user_roles WHERE user_id NOT IN (
    SELECT id FROM "{schema}".access_user WHERE email = ANY (%(emails)s));
DELETE FROM "{schema}".access_user WHERE email <> ALL (%(emails)s);
DELETE FROM "{schema}".access_role WHERE NOT built_in;
UPDATE "{schema}".access_user SET primary_department_id = NULL
WHERE primary_department_id IS NOT NULL;
UPDATE "{schema}".access_settings SET zone = 'UTC' WHERE zone <> 'UTC';
"""


@pytest.fixture
def alpha(world: World) -> Any:
    return world.alpha


@pytest.fixture
def beta(world: World) -> Any:
    return world.beta


@pytest.fixture
def owner(world: World) -> Person:
    return world.people["owner"]


@pytest.fixture
def clerk(world: World) -> Person:
    return world.people["clerk"]


@pytest.fixture
def stranger(world: World) -> Person:
    """Beta's owner: every right at home, and none in alpha."""
    return world.people["stranger"]


@pytest.fixture
def operator(world: World) -> Person:
    """Works for the platform; no right in any tenant."""
    return world.people["operator"]


TenantDb = Callable[[Any], AbstractContextManager[None]]


@pytest.fixture
def tenant_db(world: World) -> TenantDb:
    """`with tenant_db(alpha):` enters the tenant, then a transaction that is rolled back."""

    @contextmanager
    def enter(tenant: Any) -> Iterator[None]:
        with tenant_context(tenant), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return enter


@pytest.fixture
def exports(tmp_path: Path, settings: Any) -> Path:
    """The directory of the storage `exports`, for one test."""
    location = tmp_path / "exports"
    kind = "django.core.files.storage.FileSystemStorage"
    here = {"BACKEND": kind, "OPTIONS": {"location": location}}
    settings.STORAGES = {**settings.STORAGES, "exports": here}
    return location


@pytest.fixture
def uploads(tmp_path: Path, settings: Any) -> Path:
    """The directory of the storage `uploads`, for one test."""
    location = tmp_path / "uploads"
    kind = "django.core.files.storage.FileSystemStorage"
    here = {"BACKEND": kind, "OPTIONS": {"location": location}}
    settings.STORAGES = {**settings.STORAGES, "uploads": here}
    return location


@pytest.fixture
def owner_dsn(world: World) -> str:
    return os.environ["DATABASE_OWNER_URL"]


@pytest.fixture
def app_dsn(world: World) -> str:
    return os.environ["DATABASE_URL"]


@pytest.fixture
def radius_dsn(world: World) -> str:
    return os.environ["DATABASE_RADIUS_URL"]


@pytest.fixture
def as_role(app_dsn: str) -> Iterator[Callable[[str], Any]]:
    """`as_role("ts_alpha")`: a fresh wc_app connection that has become this role."""
    opened = []

    def become(role: str) -> Any:
        connection = psycopg2.connect(make_dsn(app_dsn))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')
        opened.append(connection)
        return connection

    yield become
    for connection in opened:
        connection.close()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mailbox]:
    """A real mail server on loopback, which the worker knows."""
    with running_mailbox() as server:
        yield server


@pytest.fixture
def mailbox(mail_server: Mailbox) -> Iterator[Mailbox]:
    """What workers send during one test."""
    mail_server.messages.clear()
    yield mail_server
    mail_server.refusing = False
    mail_server.messages.clear()


@pytest.fixture(scope="session")
def worker(django_db_setup: World, mail_server: Mailbox, tmp_path_factory: Any) -> Iterator[Worker]:
    """A real Celery worker for all queues, with the tasks of `tests/samples.py`."""
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    mail = {"EMAIL_HOST": LOOPBACK, "EMAIL_PORT": str(mail_server.port), "EMAIL_USE_TLS": "0"}
    with running_worker(log, "-Q", "default,ddl,outbound", "-c", "2", **mail) as process:
        yield process
