"""What jobs tell; what one did is for those who may do it, and is not in its events."""

from wificore.kernel.event_kinds import TEXT, Kind, declare, shape

VIEW = "jobs.job.view"
ID = {**TEXT, "description": "The job's id in /api/v1/jobs/."}

declare(
    Kind("job.started", "A job was asked for", VIEW, payload=shape(id=ID, kind=TEXT)),
    Kind(
        "job.finished",
        "A job is done, or has failed for good",
        VIEW,
        payload=shape(
            id=ID,
            kind=TEXT,
            state={**TEXT, "enum": ["done", "failed"]},
            created_by={**TEXT, "description": "Who asked for it; also a program's name."},
        ),
    ),
)
