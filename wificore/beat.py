"""The one list of schedules: what happens again and again, where, and when (UTC)."""

from radius.imports.services import imports_forget
from radius.services.holding import held_watch
from radius.services.watching import routers_watch
from tenants.archives import archives_forget
from tenants.orders import overdue_send
from tenants.sign_up.services import sign_ups_forget
from transactions.ledger.holds import overdue_expire
from transactions.payments.tasks import payments_due, payments_forget, payments_pull
from transactions.water.housekeeping import devices_forget
from transactions.water.signals.watch import kiosks_watch
from wificore.access.housekeeping import expired_forget
from wificore.access.support.services import sessions_watch
from wificore.audit.exporting import exports_forget
from wificore.audit.sealing import trail_seal
from wificore.jobs.answers import answers_forget
from wificore.jobs.claims import claims_forget
from wificore.jobs.partitioning import WINDOWS, ask_for_night, tell_alarms
from wificore.jobs.recurring import Recurring
from wificore.jobs.services import overdue_rescue
from wificore.jobs.windows import daily, every
from wificore.kernel.queues import DDL_QUEUE
from wificore.notifications.services import notifications_forget, tasks_escalate
from wificore.notifications.tasks import deliveries_send
from wificore.webhooks.handlers import due_send

SCHEDULE = (
    Recurring("webhooks.due", due_send, every(seconds=30), claimed=False),
    Recurring("jobs.rescue", overdue_rescue, every(seconds=30), platform=True, claimed=False),
    Recurring("jobs.forget_claims", claims_forget, daily(3), platform=True),
    Recurring("jobs.forget_answers", answers_forget, every(hours=1), platform=True),
    Recurring("access.forget_expired", expired_forget, every(hours=1), platform=True),
    Recurring("audit.seal", trail_seal, every(minutes=1), platform=True, claimed=False),
    Recurring("audit.forget_exports", exports_forget, every(hours=1), platform=True),
    Recurring(
        "access.support",
        sessions_watch,
        every(minutes=1),
        tenants=False,
        platform=True,
        claimed=False,
    ),
    # A hold is gone within 30 s of its end.
    Recurring("ledger.expire", overdue_expire, every(seconds=15), claimed=False),
    Recurring("payments.due", payments_due, every(seconds=30), claimed=False),
    Recurring("payments.pull", payments_pull, daily(22)),  # 1 in the morning in Nairobi
    Recurring("payments.forget", payments_forget, daily(3)),
    Recurring("water.watch", kiosks_watch, every(minutes=1), claimed=False),
    Recurring("water.forget", devices_forget, every(minutes=10)),
    Recurring("radius.watch", routers_watch, every(minutes=1), claimed=False),
    Recurring("radius.held", held_watch, every(minutes=1), claimed=False),
    Recurring("radius.forget_imports", imports_forget, every(hours=1)),
    Recurring("notifications.send", deliveries_send, every(minutes=1), claimed=False),
    Recurring("notifications.escalate", tasks_escalate, every(minutes=1), claimed=False),
    Recurring("notifications.forget", notifications_forget, daily(3)),
    Recurring(
        "tenants.orders",
        overdue_send,
        every(minutes=1),
        tenants=False,
        platform=True,
        claimed=False,
    ),
    Recurring(
        "tenants.forget_archives",
        archives_forget,
        daily(4),
        tenants=False,
        platform=True,
        queue=DDL_QUEUE,
    ),
    Recurring("tenants.sign_ups", sign_ups_forget, every(hours=1), tenants=False, platform=True),
    Recurring("partitions", ask_for_night, WINDOWS, tenants=False, platform=True, claimed=False),
    Recurring(
        "partitions.alarms",
        tell_alarms,
        every(hours=1),
        tenants=False,
        platform=True,
        claimed=False,
    ),
)
