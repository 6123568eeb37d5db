"""Daily partitions of radacct and radpostauth: today and seven days ahead (TENANCY 6).

Here the first ones are made, with the tenant; afterwards the ingester keeps them ahead.
"""

from django.db import connections

from tenants.hooks import Owner
from tenants.models import Tenant

DAYS_AHEAD = 7


def seed_partitions(tenant: Tenant, _owner: Owner, using: str) -> None:
    """Today's partitions and the next days'; those that exist stay as they are."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f'SELECT "{tenant.schema_name}".wc_partitions_ahead_v1('
            "(now() AT TIME ZONE 'UTC')::date, %s)",
            [DAYS_AHEAD + 1],
        )
