"""Deliveries are kept 30 days, by weeks: the log of a tenant without webhooks costs two tables.

Not archived: the events themselves are what matters, and the audit trail has who did what.
"""

from wificore.kernel.db.partitions import PartitionPolicy, register

from .conf import KEEP_DAYS

register(
    PartitionPolicy(
        "webhooks_delivery", "event_at", interval="week", keep_days=KEEP_DAYS, archive=False
    )
)
