"""What a tenant's people are told of the platform's operators in their house."""

from wificore.kernel.notices import INFO, WARNING, notice

SESSION = {
    "id": "Vq8s2",
    "role": "technician",
    "operator": "operator@platform.test",
    "reason": "Router at Hilltop, ticket 4711",
    "expires_at": "2026-11-21T10:30:00+00:00",
}

# In a tenant the right to see support sessions is the right to see roles (support/api/views.py).
notice("support.opened", WARNING, view="access.role.view", sample=SESSION)
notice("support.ended", INFO, view="access.role.view", sample={**SESSION, "ended_by": "amina"})
