"""Which overrides make sense; each refusal names the field and what would do."""

from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.partitions import PartitionPolicy, policies

from ..models import PartitionOverride

# With fewer, "tomorrow" has no partition between midnight and the night's run; each day more is a
# relation more for every table (TENANCY 6).
LEAST_AHEAD, MOST_AHEAD = 2, 31
MOST_KEEP_DAYS = 36_500
TAKEN = "This tenant has an override for this table already: change that one."


class OverrideInvalid(DomainError):
    """An override cannot be like this."""

    code = "validation_error"


def tenant_policies() -> dict[str, PartitionPolicy]:
    """The policies of tenants' tables, by table."""
    return {policy.table: policy for policy in policies() if policy.schema == "tenant"}


def check(override: PartitionOverride) -> None:
    """Whether the partition engine can and may follow it; reads as the platform.

    Raises:
        OverrideInvalid: not with these values.
    """
    policy = tenant_policies().get(override.table)
    if policy is None:
        known = ", ".join(sorted(tenant_policies()))
        raise OverrideInvalid(f"No tenant has such a table. There are: {known}.", field="table")
    if is_taken(override):
        raise OverrideInvalid(TAKEN, field="table")
    _check_interval(override)
    _check_ahead(override)
    _check_keep(override, policy)
    if (override.interval, override.ahead, override.keep_days) == (None, None, None):
        message = "Say what is to be otherwise: an interval, days ahead or days kept."
        raise OverrideInvalid(message, field="interval")


def is_taken(override: PartitionOverride) -> bool:
    """Whether the tenant has another override for this table."""
    others = PartitionOverride.objects.exclude(pk=override.pk)
    return bool(others.filter(tenant_id=override.tenant_id, table=override.table).exists())


def _check_interval(override: PartitionOverride) -> None:
    override.interval = override.interval or None
    if override.interval not in (None, *PartitionOverride.Interval.values):
        raise OverrideInvalid("Give day, week or month.", field="interval")


def _check_ahead(override: PartitionOverride) -> None:
    if override.ahead is not None and not LEAST_AHEAD <= override.ahead <= MOST_AHEAD:
        raise OverrideInvalid(
            f"From {LEAST_AHEAD} to {MOST_AHEAD} days: with fewer rows could be refused,"
            " with more the database's catalogue grows for nothing.",
            field="ahead",
        )


def _check_keep(override: PartitionOverride, policy: PartitionPolicy) -> None:
    if override.keep_days is None:
        return
    least = policy.least_days
    if not least <= override.keep_days <= MOST_KEEP_DAYS:
        raise OverrideInvalid(
            f"{policy.table} is kept from {least:,} to {MOST_KEEP_DAYS:,} days.", field="keep_days"
        )
