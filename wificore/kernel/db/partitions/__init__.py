"""Time-partitioned tables: made ahead, detached, archived, verified, dropped (TENANCY 6).

    policy     what the apps declare           catalogue   what the database shows
    planner    from both to actions, pure      ddl         carries them out, blocking no writer
    archive    rows -> zstd CSV, verified      restore     and back again
    engine     look, plan, apply, ensure       alarms      before data could be refused

docs/partitions.md is the operator's side of it.
"""

from .actions import Action
from .engine import Outcome, apply, ensure, planned
from .planner import Override, Overrides
from .policy import Interval, PartitionPolicy, policies, register

__all__ = [
    "Action",
    "Interval",
    "Outcome",
    "Override",
    "Overrides",
    "PartitionPolicy",
    "apply",
    "ensure",
    "planned",
    "policies",
    "register",
]
