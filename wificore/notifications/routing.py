"""Whom an incident concerns: the person it is about, and the departments that routes name."""

from wificore.access import recipients
from wificore.access.models import User

from .incident import Incident


def people(incident: Incident) -> list[User]:
    """The active users to tell, each once, by id; nobody who may not view what it is about.

    What concerns a person by itself goes to the departments as well only when a route says so;
    what concerns nobody here by itself always goes the departments' way (access/recipients.py).
    """
    kind, site = incident.kind, incident.site
    named = kind.people(incident.payload)
    view = "" if kind.own else kind.view
    own = recipients.who_may(named, site=site, view_code=view) if named else []
    name, severity = kind.event_type, kind.severity
    if not kind.view:
        return own
    if own and not recipients.is_routed(event_type=name, severity=severity, site=site):
        return own
    routed = recipients.recipients(
        event_type=name, severity=severity, site=site, view_code=kind.view
    )
    found = {user.pk: user for user in [*own, *routed]}
    return [found[key] for key in sorted(found)]
