"""HTTP face of tenants, on the platform's host only."""
