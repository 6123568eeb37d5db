"""Dispenses: a partition for each day that records came in, 90 days kept, then archived."""

from wificore.kernel.db.partitions import PartitionPolicy, register

register(PartitionPolicy("water_transactions", "received_on"))
