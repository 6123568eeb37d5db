"""Claims: one run per (job, window) in a schema, and what came of it. Unpartitioned on purpose."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now

from .models import CLAIM_ERROR_CHARS, Claim

# A claim without an outcome after this long belonged to a worker that died.
LEASE = timedelta(minutes=12)
MAX_ATTEMPTS = 3
KEPT = timedelta(days=30)


def claim(job: str, window: datetime) -> bool:
    """Take this job's window in the current schema; False if that is done or being done.

    What failed, or was left by a dead worker, may be taken again, three times in all.
    """
    _, made = Claim.objects.get_or_create(job=job, window=window)
    if made:
        return True
    failed = ~Q(error="")
    left = Q(finished_at=None, claimed_at__lt=Now() - LEASE)
    rows = Claim.objects.filter(failed | left, job=job, window=window, attempts__lt=MAX_ATTEMPTS)
    again = {"attempts": F("attempts") + 1, "claimed_at": Now(), "finished_at": None, "error": ""}
    return rows.update(**again) == 1


def claim_close(job: str, window: datetime, *, result: Any = None, error: str = "") -> None:
    """Write down what came of it."""
    rows = Claim.objects.filter(job=job, window=window)
    rows.update(finished_at=Now(), result=result, error=error[:CLAIM_ERROR_CHARS])


def claims_forget() -> dict[str, int]:
    """Delete the claims of long ago in the current schema."""
    return {"claims": Claim.objects.filter(window__lt=Now() - KEPT).delete()[0]}
