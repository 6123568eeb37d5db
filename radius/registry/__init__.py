"""Routers (NAS) across all tenants [public]: one unique address each, secrets encrypted."""
