"""Which tables are partitioned, and how: declared by the apps, read by the engine.

An app says it once, in its own `partitions.py`, which is imported while Django starts:

    from wificore.kernel.db.partitions import PartitionPolicy, register

    register(PartitionPolicy("radacct", "acctstoptime"))
    register(PartitionPolicy("audit_entry", "created_at", interval="month", keep_days=7 * 366))
"""

from dataclasses import dataclass
from typing import Literal

Interval = Literal["day", "week", "month"]
Where = Literal["tenant", "public"]
# PostgreSQL's 63 bytes without what is added for a partition and its constraint.
LONGEST_TABLE = 40


@dataclass(frozen=True, slots=True)
class PartitionPolicy:
    """One partitioned table, in every tenant's schema or in `public`.

    Attributes:
        table: the parent's name; its migration makes it without any partition.
        key: the column of `PARTITION BY RANGE`, a timestamptz or a date; days are UTC days.
        interval: what one partition covers; a tenant may have another one.
        ahead: days from today on, beside today, for which a partition always exists.
        keep_days: days after its end that a partition stays; None: for ever.
        least_days: the shortest `keep_days` that one tenant may have instead.
        archive: write the rows to the archive before a partition is dropped.
        schema: "tenant" or "public"; a table in both has two policies.
        lazy: a feature's table that a tenant may never use: no partition until `ensure` is told
            of its first use; from then on like any other.
    """

    table: str
    key: str
    interval: Interval = "day"
    ahead: int = 7
    keep_days: int | None = 90
    least_days: int = 7
    archive: bool = True
    schema: Where = "tenant"
    lazy: bool = False

    def __post_init__(self) -> None:
        if len(self.table) > LONGEST_TABLE:
            raise ValueError(f"{self.table}: the names of its partitions would be cut off")


_policies: dict[tuple[Where, str], PartitionPolicy] = {}


def register(policy: PartitionPolicy) -> None:
    """Declare a partitioned table; saying the same twice is fine.

    Raises:
        ValueError: the table has another policy already.
    """
    known = _policies.setdefault((policy.schema, policy.table), policy)
    if known != policy:
        raise ValueError(f"{policy.schema} table {policy.table} has two partition policies")


def policies() -> list[PartitionPolicy]:
    """All that were registered, in a stable order."""
    return [_policies[key] for key in sorted(_policies)]
