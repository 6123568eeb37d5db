"""One event that people are told of, with everything the words and the routes need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenants.selectors import Identity, identity_of
from wificore.access.selectors import site_name, zone
from wificore.kernel.db.context import current
from wificore.kernel.notices import Kind, kind_of

from .models import Task
from .words import Words, one_line, task_title, words


@dataclass(frozen=True, slots=True)
class Incident:
    """An event in its tenant.

    Attributes:
        site: where it happened; None also when that site is gone.
        organisation: the tenant as people know it.
        zone: in which times are told.
    """

    event_id: int
    kind: Kind
    subject: str
    payload: Mapping[str, Any]
    site: int | None
    site_name: str
    organisation: Identity
    zone: str

    @property
    def context(self) -> dict[str, Any]:
        named = {"site": self.site_name, "organisation": self.organisation.name}
        return one_line({**self.payload, **named})

    @property
    def link(self) -> str:
        """A path of the tenant's host."""
        return self.kind.link_for(self.payload)

    def words(self, language: str) -> Words:
        context = {**self.context, **self._task(language)}
        return words(self.kind.event_type, language, context, zone=self.zone)

    def _task(self, language: str) -> dict[str, str]:
        """What is told of a task by its id: events of tasks do not say what is to be done."""
        if not self.kind.event_type.startswith("task."):
            return {}
        task = Task.objects.filter(pk=int(self.payload["id"])).first()
        return {"title": task_title(task, language, self.zone) if task else ""}


def incident_of(
    *, event_id: int, event_type: str, subject: str, payload: Mapping[str, Any]
) -> Incident | None:
    """The active tenant's incident, None if no kind knows the event; outside any transaction."""
    kind = kind_of(event_type)
    if kind is None:
        return None
    site = kind.site(payload)
    name = site_name(site) if site is not None else None
    return Incident(
        event_id=event_id,
        kind=kind,
        subject=subject,
        payload=payload,
        site=site if name is not None else None,
        site_name=name or "",
        organisation=identity_of(current().schema),
        zone=zone(),
    )
