"""One use of every service of realtime."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from tenants.hooks import FirstUser
from tests.audit.registering import inside, of
from tests.conftest import World
from wificore.kernel.db.context import platform_context
from wificore.realtime import services as realtime
from wificore.realtime.models import App
from wificore.realtime.selectors import own_app


@of("wificore.realtime.services.app_seed")
def app_seed(world: World) -> None:
    with without_app(world):
        pass


@of("wificore.realtime.services.forget_tenant")
def forget_app(world: World) -> None:
    with without_app(world):
        pass


@of("wificore.realtime.services.app_update")
def app_update(world: World) -> None:
    with inside(world):
        realtime.app_update(app=own_app(), client_events=False)


@of("wificore.realtime.services.app_block")
def app_block(world: World) -> None:
    with platform_context():
        app = App.objects.get(tenant=world.alpha.schema_name)
        realtime.app_block(app=app, blocked=True, reason="spam")


@of("wificore.realtime.services.secret_add")
def secret_add(world: World) -> None:
    with inside(world):
        made, _ = realtime.secret_add(app=own_app())
        # Two at most: the next scenario wants one, too.
        realtime.secret_remove(app=own_app(), secret_id=made["id"])


@of("wificore.realtime.services.secret_remove")
def secret_remove(world: World) -> None:
    secret_add(world)


@contextmanager
def without_app(world: World) -> Iterator[None]:
    """Alpha's app goes, and alpha gets another one: the other tests need it."""
    tenant, nobody = world.alpha, FirstUser("", "")
    with platform_context():
        realtime.forget_tenant(tenant.schema_name, "owner")
    yield
    with inside(world), transaction.atomic(using="owner"):
        realtime.app_seed(tenant, nobody, "owner")
