"""The backbone: outbox, event log and the relay between them (ARCHITECTURE 4) [public]."""
