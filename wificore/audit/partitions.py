"""The audit trail: monthly partitions, seven years, in public and in every tenant (TENANCY 6)."""

from wificore.kernel.db.partitions import PartitionPolicy, register
from wificore.kernel.db.partitions.policy import Where

# Seven years with their leap days, and a month for whoever asks late.
KEEP_DAYS = 7 * 365 + 2 + 31
WHERE: tuple[Where, ...] = ("tenant", "public")

for where in WHERE:
    register(
        PartitionPolicy(
            "audit_entry",
            "at",
            interval="month",
            keep_days=KEEP_DAYS,
            least_days=KEEP_DAYS,
            schema=where,
        )
    )
