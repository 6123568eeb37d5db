"""Apps declare their tables once."""

import pytest

from wificore.kernel.db.partitions import PartitionPolicy, policies, register


@pytest.mark.usefixtures("policy")
def test_the_same_policy_twice_is_one(policy: PartitionPolicy) -> None:
    before = policies()
    register(PartitionPolicy("visits", "at"))
    assert policies() == before


@pytest.mark.usefixtures("policy")
def test_two_policies_for_one_table_are_refused() -> None:
    with pytest.raises(ValueError, match="visits has two partition policies"):
        register(PartitionPolicy("visits", "at", keep_days=3))


@pytest.mark.usefixtures("policy")
def test_a_table_in_public_and_in_tenants_has_two_policies() -> None:
    register(PartitionPolicy("visits", "at", schema="public"))
    assert [(p.schema, p.table) for p in policies()][-2:] == [
        ("tenant", "days"),
        ("tenant", "visits"),
    ]


def test_a_name_too_long_for_its_partitions_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off"):
        PartitionPolicy("x" * 41, "at")


def test_the_apps_of_the_platform_have_declared_theirs() -> None:
    assert {"radacct", "radpostauth"} <= {policy.table for policy in policies()}
