"""Ended sessions and results of logins: a partition a day, 90 days kept (TENANCY 6).

The ingester has a last resort of its own for a day without one: `wc_partitions_ahead_v1`.
"""

from wificore.kernel.db.partitions import PartitionPolicy, register

register(PartitionPolicy("radacct", "acctstoptime"))
register(PartitionPolicy("radpostauth", "authdate"))
