"""Webhooks over HTTP, on tenants' hosts."""
