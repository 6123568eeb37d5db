"""One use of every service: what `test_every_service` walks.

A new public function of a `services` module fails that test until it has a scenario here, or a
line in EXEMPT that says why it is neither audited nor published.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest import mock

from django.core.files.storage import InMemoryStorage

from radius import services as radius
from radius.imports import services as imports
from radius.models import Plan, Subscriber
from radius.registry.models import Nas
from radius.registry.services import forget_tenant as forget_routers
from tenants import orders
from tenants import services as tenants
from tenants.hooks import Owner
from tenants.models import PartitionOverride, SignUp, Tenant
from tenants.overrides import services as overrides
from tenants.sign_up import services as sign_ups
from tests import samples  # noqa: F401  # registers the job that a scenario starts
from tests.audit import (
    access_scenarios,  # noqa: F401  # registers the scenarios of access
    file_scenarios,  # noqa: F401  # the same of files
    money_scenarios,  # noqa: F401  # the same of money
    notification_scenarios,  # noqa: F401  # the same of notifications
    payment_scenarios,  # noqa: F401  # the same of payments
    realtime_scenarios,  # noqa: F401  # the same of realtime
    voucher_scenarios,  # noqa: F401  # the same of vouchers
    water_scenarios,  # noqa: F401  # the same of water
    webhook_scenarios,  # noqa: F401  # registers the scenarios of webhooks
)
from tests.audit.registering import SCENARIOS, SECRETS, inside, of
from tests.conftest import World
from wificore.audit import services as audit
from wificore.jobs import services as jobs
from wificore.kernel.db.context import platform_context

__all__ = ["EXEMPT", "SCENARIOS", "SECRETS"]

EXEMPT = {
    "transactions.payments.services.payments.payment_sending": "claims; how it ends is told",
    "transactions.payments.services.returns.return_sending": "claims; how it ends is told",
    "transactions.payments.services.returns.return_sent": "notes the provider's name of it",
    "transactions.payments.services.fees.fee_book": "a part of taking a receipt, which is told",
    "transactions.payments.services.inbox.inbox_keep": "the raw inbox is a record itself",
    "transactions.payments.services.inbox.inbox_done": "the same; what it did is told",
    "transactions.payments.services.inbox.inbox_forget": "deletes what strangers sent",
    **{
        f"transactions.ledger.services.{name}": "the books are a record themselves; callers tell"
        for name in ("account", "post", "settle")
    },
    **{
        f"transactions.water.services.counting.{name}": "counts what records say; they are told"
        for name in ("kiosk_count", "site_count", "watches_begin")
    },
    "radius.services.watching.routers_watch": "writes what was heard; its changes are published",
    "radius.services.holding.held_watch": "tells of records that wait; nobody wrote anything",
    "radius.imports.services.import_store": "holds a file for import_run, which tells",
    "radius.imports.services.import_drop": "deletes what a dead import left",
    "radius.imports.services.imports_forget": "deletes what dead imports left",
    "wificore.audit.services.entries_write": "is the port itself",
    "tenants.services.forget_hosts": "empties a cache",
    "wificore.access.mfa.services.answers_forget": "lets nothing cached be read again",
    "tenants.services.slug_check": "reads",
    "tenants.sign_up.services.sign_up_check_open": "reads",
    "tenants.sign_up.services.sign_ups_forget": "deletes what nobody confirmed",
    "wificore.notifications.services.inbox.notifications_create": "tells of an audited event",
    "wificore.notifications.services.inbox.inbox_read": "one's own mark of having read",
    "wificore.notifications.services.inbox.notifications_forget": "deletes what is old",
    "wificore.notifications.services.channels.report_digest": "computes",
    "wificore.notifications.services.limits.sms_take": "counts; its last one is published",
    "wificore.notifications.services.limits.sms_return": "counts",
    **{
        f"wificore.notifications.services.deliveries.{name}": "how a message goes out: its own log"
        for name in (
            "deliveries_claim",
            "deliveries_sent",
            "deliveries_failed",
            "deliveries_recover",
            "delivery_reported",
        )
    },
    **{
        f"wificore.jobs.services.{name}": "a machine's book-keeping; a job's start is audited"
        for name in (
            "job_take",
            "job_renew",
            "job_progress",
            "job_complete",
            "job_give_up",
            "job_try_again",
            "job_rescue",
            "overdue_rescue",
        )
    },
}


def plan() -> Plan:
    return radius.plan_create(name="Gold", price_micro=5_000_000)


def subscriber() -> Subscriber:
    return radius.subscriber_create(username="amina", password=SECRETS[0], plan=plan())


def router() -> Nas:
    return radius.nas_create(address="192.0.2.1", secret=SECRETS[1])


@of("radius.services.plans.plan_create")
def plan_create(world: World) -> None:
    with inside(world):
        plan()


@of("radius.services.plans.plan_update")
def plan_update(world: World) -> None:
    with inside(world):
        radius.plan_update(plan=plan(), devices=3)


@of("radius.services.plans.plan_delete")
def plan_delete(world: World) -> None:
    with inside(world):
        radius.plan_delete(plan=plan())


@of("radius.services.subscribers.subscriber_create")
def subscriber_create(world: World) -> None:
    with inside(world):
        subscriber()


@of("radius.services.subscribers.subscriber_save_new")
def subscriber_save_new(world: World) -> None:
    with inside(world):
        account = Subscriber(username="brian", plan=plan())
        radius.subscriber_save_new(subscriber=account, password=SECRETS[0])


@of("radius.services.subscribers.subscribers_create")
def subscribers_create(world: World) -> None:
    with inside(world):
        radius.subscribers_create(plan=plan(), accounts=[("a", SECRETS[0]), ("b", SECRETS[2])])


@of("radius.services.subscribers.subscriber_update")
def subscriber_update(world: World) -> None:
    with inside(world):
        radius.subscriber_update(subscriber=subscriber(), password=SECRETS[2], name="Amina")


@of("radius.services.entitlements.entitlement_open")
def entitlement_open(world: World) -> None:
    with inside(world):
        radius.entitlement_open(subscriber=subscriber(), plan=Plan.objects.get())


@of("radius.services.subscribers.subscriber_delete")
def subscriber_delete(world: World) -> None:
    with inside(world):
        radius.subscriber_delete(subscriber=subscriber())


@of("radius.registry.services.nas_create")
def nas_create(world: World) -> None:
    with inside(world):
        router()


@of("radius.registry.services.nas_update")
def nas_update(world: World) -> None:
    with inside(world):
        radius.nas_update(nas=router(), secret=SECRETS[2], name="tower")


@of("radius.registry.services.nas_save")
def nas_save(world: World) -> None:
    with inside(world):
        radius.nas_save(nas=Nas(address="192.0.2.2"), secret=SECRETS[1])


@of("radius.registry.services.nas_delete")
def nas_delete(world: World) -> None:
    with inside(world):
        radius.nas_delete(nas=router())


@of("wificore.jobs.services.job_start")
def job_start(world: World) -> None:
    with inside(world):
        jobs.job_start(kind="tests.echo", params={"key": "k", "text": "t"})


@of("wificore.audit.services.export_start")
def export_start(world: World) -> None:
    now = datetime.now(UTC)
    with inside(world):
        audit.export_start(since=now, until=now, filters={"action": "plan."}, file_format="csv")


@of("tenants.services.tenant_create")
def tenant_create(world: World) -> None:
    tenants.tenant_create(slug="gamma", name="G", owner=Owner("o@gamma.test", SECRETS[0]))


@of("tenants.services.tenant_suspend")
def tenant_suspend(world: World) -> None:
    with platform_context():
        tenants.tenant_suspend(tenant=world.alpha)
        tenants.tenant_resume(tenant=world.alpha)


@of("tenants.services.tenant_resume")
def tenant_resume(world: World) -> None:
    tenant_suspend(world)


@contextmanager
def nobody_works() -> Iterator[None]:
    """Orders for `worker-ddl` are written and not sent."""
    with mock.patch.object(orders, "send"):
        yield


def gamma() -> Tenant:
    """Asked for, not made."""
    with nobody_works():
        return tenants.tenant_request(
            slug="gamma", name="G", owner=Owner("o@gamma.test", SECRETS[0])
        )


@of("tenants.services.tenant_request")
def tenant_request(world: World) -> None:
    gamma()


@of("tenants.services.tenant_retry")
def tenant_retry(world: World) -> None:
    tenant = gamma()
    with platform_context():
        Tenant.objects.filter(pk=tenant.pk).update(state="failed")
    with nobody_works():
        tenants.tenant_retry(tenant=tenant)


@of("tenants.services.tenant_go_on")
def tenant_go_on(world: World) -> None:
    with platform_context():
        tenants.tenant_suspend(tenant=world.alpha)
    tenants.tenant_go_on(tenant=world.alpha)


@of("tenants.services.tenant_delete_request")
def tenant_delete_request(world: World) -> None:
    tenant = gamma()
    with nobody_works():
        tenants.tenant_delete_request(tenant=tenant, confirm="gamma")


@of("tenants.services.tenant_delete")
def tenant_delete(world: World) -> None:
    with mock.patch("wificore.kernel.db.partitions.archive.storage", InMemoryStorage):
        tenants.tenant_delete(tenant=gamma(), confirm="gamma")


@of("tenants.overrides.services.override_save")
def override_save(world: World) -> None:
    with platform_context():
        override = PartitionOverride(tenant=world.alpha, table="radacct", keep_days=30)
        overrides.override_save(override=override)


@of("tenants.overrides.services.override_delete")
def override_delete(world: World) -> None:
    override_save(world)
    with platform_context():
        overrides.override_delete(override=PartitionOverride.objects.get())


def asked() -> SignUp:
    """A stranger's wish, and nobody who writes mail."""
    with mock.patch("wificore.kernel.tasks.SchemaTask.enqueue"):
        return sign_ups.sign_up_ask(slug="gamma", name="G", owner=Owner("o@gamma.test", SECRETS[0]))


def confirmed() -> SignUp:
    with platform_context():
        return sign_ups.sign_up_confirm(key=sign_ups.sign_up_key_new(asked=asked()))


@of("tenants.sign_up.services.sign_up_ask")
def sign_up_ask(world: World) -> None:
    with mock.patch("django.conf.settings.SIGN_UP_OPEN", True):
        asked()


@of("tenants.sign_up.services.sign_up_key_new")
def sign_up_key_new(world: World) -> None:
    with mock.patch("django.conf.settings.SIGN_UP_OPEN", True), platform_context():
        sign_ups.sign_up_key_new(asked=asked())


@of("tenants.sign_up.services.sign_up_confirm")
def sign_up_confirm(world: World) -> None:
    with mock.patch("django.conf.settings.SIGN_UP_OPEN", True):
        confirmed()


@of("tenants.sign_up.services.sign_up_approve")
def sign_up_approve(world: World) -> None:
    with mock.patch("django.conf.settings.SIGN_UP_OPEN", True), nobody_works():
        with mock.patch("wificore.kernel.tasks.SchemaTask.enqueue"):
            sign_ups.sign_up_approve(asked=confirmed())


@of("tenants.sign_up.services.sign_up_decline")
def sign_up_decline(world: World) -> None:
    with mock.patch("django.conf.settings.SIGN_UP_OPEN", True):
        with mock.patch("wificore.kernel.tasks.SchemaTask.enqueue"):
            sign_ups.sign_up_decline(asked=confirmed(), reason="no licence")


@of("radius.registry.services.forget_tenant")
def forget_tenant(world: World) -> None:
    with inside(world):
        router()
    with platform_context():
        forget_routers(world.alpha.schema_name, "owner")


class Unheard:
    """An import's progress and end, for nobody."""

    def progress(self, *_args: object, **_options: object) -> None: ...
    def complete(self, *_args: object) -> None: ...
    def fail(self, error: str, *_args: object) -> None:
        raise AssertionError(error)


FILE = f"username,password,plan\namina,{SECRETS[0]},Gold\nbrian,{SECRETS[2]},Gold\n".encode()


@of("radius.imports.services.import_start")
def import_start(world: World) -> None:
    with inside(world):
        imports.import_start(content=FILE)


@of("radius.imports.services.import_run")
def import_run(world: World) -> None:
    with inside(world):
        plan()
        number = imports.import_store(content=FILE).pk
        imports.import_run(number=number, ending=Unheard())
