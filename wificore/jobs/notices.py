"""What people are told of background jobs."""

from wificore.kernel.events import Payload
from wificore.kernel.notices import WARNING, notice, whom

from .models import JobState


def _failed(payload: Payload) -> bool:
    return payload.get("state") == JobState.FAILED


notice(
    "job.finished",
    WARNING,
    view="jobs.job.view",
    when=_failed,
    people=whom("created_by"),
    own=True,
    link="/admin/jobs/job/",
    sample={
        "id": "20261121.7",
        "kind": "radius.import_subscribers",
        "state": "failed",
        "created_by": "amina@acme.test",
    },
)
