"""SupportActor: who `request.user` is when a support session's token came with the request."""

from django.utils import timezone

from wificore.kernel.actor import SUPPORT, Actor

from ..codes import CODES, TENANT_ROLES
from ..decide import Decision, RoleRule, Subject, decide
from .models import SupportSession


class SupportActor:
    """Somebody of the platform in a tenant: signed in, and no row of the tenant's users.

    It may what its role may, at every site, but nothing that is protected and nothing whose
    effect is a way in that outlives the session (`Permission.lasting`).
    """

    is_authenticated = is_active = True
    is_anonymous = is_staff = False
    pk = id = None

    def __init__(self, session: SupportSession) -> None:
        self.session = session
        self.email = session.operator
        self.name = "Platform support"

    def __str__(self) -> str:
        return self.email

    def get_username(self) -> str:
        return self.email

    def as_actor(self) -> Actor:
        """How events and the audit trail know it: never as a user of the tenant."""
        return Actor(SUPPORT, id=self.session.public_id, name=self.email)

    def subject(self) -> Subject:
        return Subject(
            schema=self.session.tenant,
            # Can be no user's id, so that nothing is ever this session's own.
            id=f"support:{self.session.public_id}",
            is_active=True,
            today=timezone.now().date(),
            roles=(rule(self.session.role),),
        )

    def may(self, code: str) -> Decision:
        return decide(self.subject(), None, code)


def rule(role: str) -> RoleRule:
    """A built-in role as a support session has it."""
    known = TENANT_ROLES[role].codes
    codes = {code for code in known if not (CODES[code].protected or CODES[code].lasting)}
    return RoleRule(role, frozenset(codes), whole_tenant=True)
