"""HTTP face of the event log, on both hosts."""
