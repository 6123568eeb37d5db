"""What people are told of background jobs."""

from wificore.kernel.events import Payload
from wificore.kernel.notices import INFO, WARNING, Work, notice, whom

from .events import PARTITIONS, PARTITIONS_OVER, VIEW
from .models import JobState


def _failed(payload: Payload) -> bool:
    return payload.get("state") == JobState.FAILED


notice(
    "job.finished",
    WARNING,
    view=VIEW,
    when=_failed,
    people=whom("created_by"),
    own=True,
    link="/jobs",
    sample={
        "id": "20261121.7",
        "kind": "radius.import_subscribers",
        "state": "failed",
        "created_by": "amina@acme.test",
    },
)
notice(
    PARTITIONS,
    WARNING,
    view=VIEW,
    work=Work(),
    sample={
        "id": "no_partition",
        "since": "2026-11-21T06:12:00+00:00",
        "tables": ["radacct", "radpostauth"],
        "text": "ts_acme.radacct has no partition for 2026-11-22",
    },
)
notice(
    PARTITIONS_OVER,
    INFO,
    view=VIEW,
    ends=PARTITIONS,
    sample={"id": "no_partition", "since": "2026-11-21T06:12:00+00:00", "minutes": 48},
)
