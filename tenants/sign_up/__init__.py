"""Strangers ask for a tenant on the platform's host; an operator decides."""
