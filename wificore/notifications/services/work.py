"""Writes: work that waits for somebody. Each step is one conditional UPDATE.

open --claim--> claimed --done--> done
 | ^------release--'
 '--nobody in time--> the next circle of people is told (access/recipients.py), the task stays
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from wificore.access.models import User
from wificore.access.models.organisation import Severity
from wificore.access.recipients import circles
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce
from wificore.kernel.notices import Work, kind_of

from ..incident import Incident
from ..models import Task, TaskState
from ..models.work import NOTE_CHARS
from ..selectors import work_waiting

ENDED = "It has come right by itself."


class TaskTaken(DomainError):
    """Somebody else was first, or it is done."""

    status = 409
    code = "conflict"


class NoteTooLong(DomainError):
    code = "validation_error"


def task_open(*, incident: Incident) -> Task | None:
    """The task that the incident asks for; None: it asks for none, or there is one already."""
    work = incident.kind.work
    if work is None:
        return None
    now = timezone.now()
    task = Task(
        kind=incident.kind.event_type,
        event_id=incident.event_id,
        subject=incident.subject,
        context={**incident.payload, "site_name": incident.site_name},
        severity=incident.kind.severity,
        code=incident.kind.view,
        site_id=incident.site,
        escalate_at=now + work.escalate_after,
        created_at=now,
    )
    try:
        with transaction.atomic():
            task.save()
            announce("task.created", task.pk, new=_told(task))
    except IntegrityError:  # this event came twice, or another one about the same
        return None
    return task


def tasks_end(*, incident: Incident) -> int:
    """Close the tasks that the incident makes pointless, unless somebody is at work on one."""
    if not incident.kind.ends:
        return 0
    ends = incident.kind.ends
    named = Q(kind__startswith=ends[:-1]) if ends.endswith("*") else Q(kind=ends)
    open_ones = Task.objects.filter(named, subject=incident.subject, state=TaskState.OPEN)
    return sum(_finish(task, TaskState.OPEN, note=ENDED) for task in open_ones)


def task_claim(*, task: Task, user: User) -> Task:
    """It is this user's now.

    Raises:
        TaskTaken: somebody else was first.
    """
    with transaction.atomic():
        old = _told(task)
        values = {"state": TaskState.CLAIMED, "claimed_by": user, "claimed_at": timezone.now()}
        _step(task, Q(state=TaskState.OPEN), **values, escalate_at=None)
        announce("task.claimed", task.pk, old=old, new=_told(task))
    return task


def task_release(*, task: Task, user: User) -> Task:
    """Whoever claimed it cannot do it: it is open again, and waits anew.

    Raises:
        TaskTaken: it is not this user's.
    """
    with transaction.atomic():
        _reopen(task, Q(claimed_by=user))
    return task


def task_done(*, task: Task, user: User, note: str = "") -> Task:
    """Whoever claimed it has done it.

    Raises:
        TaskTaken: it is not this user's. NoteTooLong: the note is.
    """
    if len(note) > NOTE_CHARS:
        raise NoteTooLong(f"At most {NOTE_CHARS} characters.", field="note")
    if not _finish(task, TaskState.CLAIMED, Q(claimed_by=user), note=note):
        raise TaskTaken(_why(task))
    return task


def tasks_escalate() -> dict[str, int]:
    """Tell the next circle of each task that waited too long (beat, every minute).

    A task of somebody who is gone is anybody's again.
    """
    left = 0
    gone = Q(claimed_by=None) | Q(claimed_by__is_active=False)
    for task in Task.objects.filter(gone, state=TaskState.CLAIMED):
        with transaction.atomic():
            _reopen(task, gone)
            left += 1
    told = sum(task_escalate(task=task) for task in work_waiting(timezone.now()))
    return {"escalated": told, "left": left}


def task_escalate(*, task: Task) -> bool:
    """Tell the next circle that nobody has claimed it; False: there is none, or it is claimed."""
    kind = kind_of(task.kind)
    work = kind.work if kind and kind.work else Work()
    people = circles(
        event_type=task.kind, severity=task.severity, site=task.site_id, view_code=task.code
    )
    level = task.level + 1
    further = people[level] if level < len(people) else []
    again = timezone.now() + work.escalate_after if level + 1 < len(people) else None
    values: dict[str, Any] = {"escalate_at": again}
    if further:
        values["level"] = level
    with transaction.atomic():
        old = _told(task)
        waits = Q(state=TaskState.OPEN, level=task.level)
        if not Task.objects.filter(waits, pk=task.pk).update(**values):
            return False
        task.level, task.escalate_at = values.get("level", task.level), again
        if further:
            announce("task.escalated", task.pk, old=old, new={**_told(task), "to": further})
    return bool(further)


def _reopen(task: Task, whose: Q) -> None:
    """Raises TaskTaken: it is nobody's whom `whose` names."""
    kind = kind_of(task.kind)
    work = kind.work if kind and kind.work else Work()
    old = _told(task)
    values = {"state": TaskState.OPEN, "claimed_by": None, "claimed_at": None}
    later = timezone.now() + work.escalate_after
    _step(task, whose & Q(state=TaskState.CLAIMED), **values, escalate_at=later)
    announce("task.released", task.pk, old=old, new=_told(task))


def _finish(task: Task, state: TaskState, whose: Q | None = None, *, note: str) -> bool:
    values = {"state": TaskState.DONE, "done_at": timezone.now(), "note": note}
    with transaction.atomic():
        old = _told(task)
        try:
            _step(task, (whose or Q()) & Q(state=state), **values, escalate_at=None)
        except TaskTaken:
            return False
        announce("task.done", task.pk, old=old, new=_told(task))
    return True


def _step(task: Task, condition: Q, **values: Any) -> None:
    """Raises TaskTaken: the task is not as the condition says any more."""
    if not Task.objects.filter(condition, pk=task.pk).update(**values):
        raise TaskTaken(_why(task))
    for name, value in values.items():
        setattr(task, name, value)


def _why(task: Task) -> str:
    now = Task.objects.filter(pk=task.pk).select_related("claimed_by").first()
    if now is None:
        return "There is no such task any more."
    if now.state == TaskState.CLAIMED and now.claimed_by:
        return f"It is claimed by {now.claimed_by.name or now.claimed_by.email}."
    return "It is done." if now.state == TaskState.DONE else "Claim it first."


def _told(task: Task) -> dict[str, Any]:
    """What events and audit tell; not its words, which are for those who may see the matter."""
    return {
        "kind": task.kind,
        "subject": task.subject,
        "severity": str(Severity(task.severity).label),
        "site": task.site_id,
        "state": str(task.state),
        "level": task.level,
        "claimed_by": task.claimed_by_id,
        "note": task.note,
    }
