"""What the platform tells of tenants; in a tenant's own stream there is nothing of it."""

from wificore.kernel.event_kinds import Kind, declare, written

VIEW = "tenants.tenant.view"

declare(
    Kind("tenant.created", "A tenant was ordered", VIEW),
    Kind("tenant.activated", "A tenant is ready", VIEW),
    Kind("tenant.suspended", "A tenant was suspended", VIEW),
    Kind("tenant.resumed", "A tenant works again", VIEW),
    Kind("tenant.retried", "A tenant that could not be made is tried again", VIEW),
    Kind("tenant.deleting", "A tenant is being deleted", VIEW),
    Kind("tenant.deleted", "A tenant is deleted", VIEW),
    Kind("archive.forgotten", "An archive's files were forgotten", VIEW),
    *written("partition_override", "A tenant's rule for partitions", view=VIEW),
    Kind("sign_up.asked", "Somebody asked for a tenant", VIEW),
    Kind("sign_up.mailed", "A link to confirm was mailed", VIEW),
    Kind("sign_up.confirmed", "Somebody confirmed to want a tenant", VIEW),
    Kind("sign_up.approved", "A tenant that was asked for is ordered", VIEW),
    Kind("sign_up.declined", "A tenant that was asked for is not made", VIEW),
)
