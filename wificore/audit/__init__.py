"""The audit trail: who changed what, append-only, kept seven years [public and tenant]."""
