"""The event log: daily partitions, four days, no archive (TENANCY 6)."""

from wificore.kernel.db.partitions import PartitionPolicy, register

KEEP_DAYS = 4

register(
    PartitionPolicy("events_log", "logged_at", keep_days=KEEP_DAYS, archive=False, schema="public")
)
