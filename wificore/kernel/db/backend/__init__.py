"""The strict PostgreSQL backend: settings name this package as ENGINE."""
