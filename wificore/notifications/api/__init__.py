"""HTTP face of notifications, on tenants' hosts."""
