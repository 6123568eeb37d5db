"""What jobs tell; what one did is for those who may do it, and is not in its events."""

from wificore.kernel.event_kinds import COUNT, TEXT, TIME, Kind, declare, shape

VIEW = "jobs.job.view"
PARTITIONS, PARTITIONS_OVER = "alert.partitions", "alert.partitions_over"
CODE = {**TEXT, "enum": ["no_partition", "strange_partition", "overdue"]}
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
    Kind(
        PARTITIONS,
        "Tables lack room for new records, or keep what should be gone",
        VIEW,
        payload=shape(
            id=CODE,
            since=TIME,
            tables={"type": "array", "items": TEXT},
            text={**TEXT, "description": "What is wrong with the first of them."},
        ),
    ),
    Kind(
        PARTITIONS_OVER,
        "The tables are as they should be again",
        VIEW,
        payload=shape(id=CODE, since=TIME, minutes=COUNT),
    ),
)
