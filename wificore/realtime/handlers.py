"""What the relay does for sockets when something was written.

an app or its tenant changed    every process reads it again, and closes what is not open
somebody is out                 the user's sockets are closed
somebody's rights changed       they are closed so that clients come back at once: every
                                channel is asked for anew
"""

from wificore.kernel.db.context import PUBLIC
from wificore.kernel.events import Event, on_event

from . import publishing
from .registry import registry

OUT = ("signin.ended", "signin.revoked", "signin.reset", "support.ended", "user.deleted")
RIGHTS_OF_ALL = (
    "role.updated",
    "role.deleted",
    "position.updated",
    "position.deleted",
    "department.updated",
    "department.deleted",
    "assignment.created",
    "assignment.updated",
    "assignment.deleted",
)
# Of a user: what opens or closes no channel.
HARMLESS = {"name", "phone", "email"}


@on_event("realtime_app.created", "realtime_app.updated", "realtime_app.deleted")
def app_changed(event: Event) -> None:
    publishing.changed(str(event.payload["id"]))


@on_event("tenant.activated", "tenant.suspended", "tenant.resumed", "tenant.deleting")
def tenant_changed(event: Event) -> None:
    app = registry.find("schema", event.payload["schema_name"])
    if app is not None:
        publishing.changed(app.id)


@on_event(*OUT)
def user_out(event: Event) -> None:
    if event.schema != PUBLIC:
        publishing.terminate_user(event.schema, _user(event))


@on_event("user.updated")
def user_changed(event: Event) -> None:
    changed = set(event.payload.get("changed", ()))
    if event.schema == PUBLIC or changed <= HARMLESS:
        return
    if "password_changed" in changed or event.payload.get("is_active") is False:
        publishing.terminate_user(event.schema, _user(event))
    else:
        publishing.recheck_user(event.schema, _user(event))


@on_event("token.revoked")
def token_gone(event: Event) -> None:
    """A program's sockets; it comes back only if another token lets it in."""
    if event.schema != PUBLIC:
        publishing.recheck_user(event.schema, str(event.payload["user"]))


@on_event(*RIGHTS_OF_ALL)
def rights_changed(event: Event) -> None:
    if event.schema != PUBLIC:
        publishing.recheck_user(event.schema)


def _user(event: Event) -> str:
    """As `Subject.id` has it."""
    who = event.subject
    return f"support:{who}" if event.type.startswith("support.") else who
