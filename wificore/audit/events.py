"""What the trail tells of itself."""

from wificore.kernel.event_kinds import Kind, declare

declare(
    Kind("audit_export.started", "An export of the audit trail began", "audit.entry.export"),
)
