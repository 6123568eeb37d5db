"""What access tells. Signing in, tokens and support are shown to those who may read the trail."""

from wificore.kernel.event_kinds import Kind, declare, written

TRAIL = "audit.entry.view"
USERS, PROVIDERS = "access.user.view", "access.provider.view"

declare(
    *written("user", "A user", view=USERS),
    *written("role", "A role", view="access.role.view"),
    *written("site", "A site", view="access.site.view"),
    *written("department", "A department", view="access.position.view"),
    *written("position", "A position", view="access.position.view"),
    *written("assignment", "An assignment", view="access.position.view"),
    *written("alert_route", "An alert route", view="access.alert.view"),
    *written("provider", "A sign-in provider", view=PROVIDERS),
    Kind("settings.updated", "The organisation's settings changed", "access.settings.view"),
    Kind("policy.updated", "The rules of signing in changed", "access.policy.view"),
    Kind("identity.linked", "A provider's account became a user's", TRAIL),
    Kind("identity.updated", "A provider's groups changed a user's roles", TRAIL),
    Kind("invitation.created", "Somebody was invited", USERS),
    Kind("invitation.sent", "An invitation was mailed", USERS),
    Kind("invitation.resent", "An invitation is mailed again", USERS),
    Kind("invitation.revoked", "An invitation was taken back", USERS),
    Kind("invitation.accepted", "An invitation was accepted", USERS),
    Kind("token.created", "An API token was made", TRAIL),
    Kind("token.revoked", "An API token was revoked", TRAIL),
    Kind("factor.added", "A user has one more second factor", TRAIL),
    Kind("factor.renewed", "A user has new recovery codes", TRAIL),
    Kind("factor.removed", "A user has one second factor less", TRAIL),
    Kind("signin.succeeded", "A user signed in", TRAIL),
    Kind("signin.failed", "A try to sign in failed", TRAIL),
    Kind("signin.locked", "An account is locked after failed tries", TRAIL),
    Kind("signin.unlocked", "A locked account is open again", TRAIL),
    Kind("signin.ended", "A user signed out", TRAIL),
    Kind("signin.revoked", "A sign-in was ended from elsewhere", TRAIL),
    Kind("signin.reset_sent", "A link to reset a password was mailed", TRAIL),
    Kind("signin.reset", "A password was reset", TRAIL),
    Kind("support.opened", "A support session began", TRAIL),
    Kind("support.ended", "A support session ended", TRAIL),
    Kind("support.forgotten", "A deleted tenant's support session was forgotten", TRAIL),
)
