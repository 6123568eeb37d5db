"""The audit trail: monthly partitions, seven years, in public and in every tenant (TENANCY 6)."""

from wificore.kernel.db.partitions import PartitionPolicy, register

# Seven years with their leap days, and a month for whoever asks late.
KEEP_DAYS = 7 * 365 + 2 + 31

register(PartitionPolicy("audit_entry", "at", interval="month", keep_days=KEEP_DAYS))
register(
    PartitionPolicy("audit_entry", "at", interval="month", keep_days=KEEP_DAYS, schema="public")
)
