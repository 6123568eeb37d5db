"""Providers of payments, one folder each, behind the interface in `provider`."""
