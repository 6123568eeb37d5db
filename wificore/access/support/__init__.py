"""Support sessions: how somebody of the platform works in a tenant, seen by the tenant."""
