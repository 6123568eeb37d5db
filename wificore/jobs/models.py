"""Job: one piece of background work. Claim, KeptAnswer, Alarm: what makes something happen once."""

from django.db import models
from django.db.models.functions import Now

from .fields import ShortJson, dumps

PARAMS_BYTES, RESULT_BYTES = 2_000, 3_500
ERROR_CHARS, NOTE_CHARS, CREATED_BY_CHARS = 300, 120, 120
CLAIM_ERROR_CHARS = 500


class JobState(models.TextChoices):
    """queued -> running -> done | failed; a try that failed goes back to queued."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """jobs_job, in daily partitions by `created_at`: never look one up without it.

    Attributes:
        done, total: progress in units of the handler's choice; total None: not known yet.
        run: the try that holds the lease; whoever has another one may write nothing.
        lease_until: queued: when it is sent again; running: when another worker may take over.
        result: what the handler returned; more than fits belongs in a table of its own.
    """

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField("created")
    kind = models.CharField(max_length=80)
    queue = models.CharField(max_length=20)
    params = ShortJson(max_length=PARAMS_BYTES)
    created_by = models.CharField(max_length=CREATED_BY_CHARS, blank=True)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField()
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    note = models.CharField(max_length=NOTE_CHARS, blank=True)
    run = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField()
    started_at = models.DateTimeField("started", null=True)
    finished_at = models.DateTimeField("finished", null=True)
    result = ShortJson(max_length=RESULT_BYTES, null=True)
    error = models.CharField(max_length=ERROR_CHARS, blank=True)

    class Meta:
        managed = False
        db_table = "jobs_job"
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


def params_fit(params: object) -> bool:
    return len(dumps(params)) <= PARAMS_BYTES


def result_fits(result: object) -> bool:
    return len(dumps(result)) <= RESULT_BYTES


class Claim(models.Model):
    """job_claim: the row that makes one run per (job, window) of this schema, and its outcome."""

    pk = models.CompositePrimaryKey("job", "window")
    job = models.CharField(max_length=80)
    window = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=1)
    claimed_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=CLAIM_ERROR_CHARS, blank=True)

    class Meta:
        db_table = "job_claim"
        ordering = ("-window", "job")

    def __str__(self) -> str:
        return f"{self.job} {self.window:%Y-%m-%d %H:%M}"


class KeptAnswer(models.Model):
    """job_answer: the row that makes one run per idempotency key of this schema, and its answer.

    Attributes:
        fingerprint: SHA-256 of who asked for what, with which body.
        status: None only until the transaction that took the key commits.
        body: the bytes that were sent; at most `idempotency.MAX_BYTES`.
    """

    key = models.CharField(max_length=100, primary_key=True)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, db_default="")
    location = models.CharField(max_length=500, db_default="")
    body = models.BinaryField(db_default=b"")
    made_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        db_table = "job_answer"
        ordering = ("-made_at", "key")

    def __str__(self) -> str:
        return self.key


class Alarm(models.Model):
    """job_alarm: something that is wrong in this schema and was told; gone when it is right again.

    Attributes:
        kind: the type of the event that told it. name: which of this kind.
    """

    pk = models.CompositePrimaryKey("kind", "name")
    kind = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "job_alarm"
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
