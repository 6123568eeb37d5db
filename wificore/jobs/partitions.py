"""Jobs are kept 90 days, in each tenant and in public."""

from wificore.kernel.db.partitions import PartitionPolicy, register

register(PartitionPolicy("jobs_job", "created_at"))
register(PartitionPolicy("jobs_job", "created_at", schema="public"))
