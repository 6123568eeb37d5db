"""`python -m benchmarks.tenancy.project.fill 50`: our rows of tenants and hosts."""

import sys

import django


def main(count: int) -> None:
    django.setup()
    from tenants.models import Domain, Tenant, TenantState
    from wificore.kernel.db.context import platform_context

    from ..databases import host, schema

    with platform_context():
        for number in range(count):
            tenant = Tenant.objects.create(
                slug=schema(number).removeprefix("ts_"),
                schema_name=schema(number),
                name=f"Shop {number}",
                state=TenantState.ACTIVE,
            )
            Domain.objects.create(domain=host(number), tenant=tenant, is_primary=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
