"""Fills `kernel.events.publish`: rows of the outbox, in the caller's transaction.

Raw SQL without RETURNING: a tenant's role may insert here and do nothing else.
"""

from collections.abc import Iterable

from django.db import connections

from wificore.kernel.events import Payload
from wificore.kernel.payload import encode

INSERT = """
INSERT INTO public.events_outbox (tenant, type, subject, payload)
SELECT %s, %s, row.subject, row.payload
FROM unnest(%s::text[], %s::jsonb[]) WITH ORDINALITY AS row (subject, payload, number)
ORDER BY row.number
"""


def write(event_type: str, rows: Iterable[tuple[str, Payload]], *, schema: str, using: str) -> None:
    """One row for each (subject, payload), numbered in their order."""
    listed = list(rows)
    subjects = [subject for subject, _ in listed]
    payloads = [encode(payload) for _, payload in listed]
    if listed:
        with connections[using].cursor() as cursor:
            cursor.execute(INSERT, [schema, event_type, subjects, payloads])
