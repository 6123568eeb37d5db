"""Idempotency keys of one schema and their answers; fills the port of `kernel.api.idempotency`.

The key's unique row is the lock: a second INSERT of it waits until the first one's transaction
ends, and then finds its answer, or, if that was rolled back, takes the key itself.
"""

from datetime import timedelta

from django.db import OperationalError, connection
from django.db.models.functions import Now
from psycopg2.errors import LockNotAvailable

from wificore.kernel.api.idempotency import Answer, KeyBusy, Known

from .models import KeptAnswer

KEPT = timedelta(days=30)
# Twice what a transaction may take (ARCHITECTURE 4).
PATIENCE = timedelta(seconds=10)
CLAIM = """
SET LOCAL lock_timeout = %s;
INSERT INTO job_answer (key, fingerprint) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING
"""
# The view's own statements wait as long as they would without a key.
AS_BEFORE = "SET LOCAL lock_timeout TO DEFAULT"


class Answers:
    """Reads and writes `job_answer` in the caller's transaction."""

    def claim(self, key: str, fingerprint: bytes) -> Known | None:
        """Take a new key (None), or find what is known of it.

        Raises:
            KeyBusy: another request took it, and was not done in time.
        """
        if self._taken(key, fingerprint):
            return None
        row = KeptAnswer.objects.filter(pk=key).first()
        if row is None:  # too old, and cleared away just now
            raise KeyBusy
        return Known(bytes(row.fingerprint), _answer(row))

    def keep(self, key: str, answer: Answer) -> None:
        """Keep the answer with the key that was taken."""
        KeptAnswer.objects.filter(pk=key).update(
            status=answer.status,
            content_type=answer.content_type,
            location=answer.location,
            body=answer.body,
        )

    def _taken(self, key: str, fingerprint: bytes) -> bool:
        patience = f"{PATIENCE.total_seconds() * 1000:.0f}ms"
        with connection.cursor() as cursor:
            try:
                cursor.execute(CLAIM, [patience, key, fingerprint])
            except OperationalError as error:
                if isinstance(error.__cause__, LockNotAvailable):
                    raise KeyBusy from None
                raise
            taken = bool(cursor.rowcount == 1)
            cursor.execute(AS_BEFORE)
        return taken


def _answer(row: KeptAnswer) -> Answer:
    assert row.status is not None, "a key is committed with its answer"
    return Answer(row.status, row.content_type, row.location, bytes(row.body))


def answers_forget() -> dict[str, int]:
    """Delete answers that were kept long enough in the current schema (beat, hourly)."""
    return {"answers": KeptAnswer.objects.filter(made_at__lt=Now() - KEPT).delete()[0]}
