"""The partition engine beside pg_partman: a steady night, and the first creation.

Both work in one PostgreSQL with its usual durability, in turns, on the same tables: one per tenant,
shaped like radacct (30 columns, two indexes), 8 partitions each. A night makes one partition and
drops one per tenant. What is printed are medians of the rounds, and ours divided by theirs.

    make bench ARGS=partitions          or  python -m benchmarks.partitions --tenants 50 --rounds 1
"""

from .table import main

__all__ = ["main"]
