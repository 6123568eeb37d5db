"""Every permission code of the platform, and the roles that come with it.

Built-in roles live here and not in the database, so that a code which a release adds reaches them
in every tenant at once; a tenant's own roles are rows (`models.Role`) with an exact list of codes.
"""

from dataclasses import dataclass
from enum import StrEnum


class Risk(StrEnum):
    """How much harm a wrong use does. An allowed use of `HIGH` is audited, like every denial."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a code stands for.

    Attributes:
        title: in words for people.
        protected: no position may grant it; only a role gives it.
        limit: the name of the positions' limit that bounds the amount; empty: none does.
        other_hands: whoever made the record may not do this to it (separation of duties).
        lasting: makes a way in, or shows a secret once, that outlives whoever is here for a while:
            no support session has it.
    """

    title: str
    risk: Risk = Risk.LOW
    protected: bool = False
    limit: str = ""
    other_hands: bool = False
    lasting: bool = False


def _high(title: str, *, protected: bool = False, lasting: bool = False) -> Permission:
    return Permission(title, Risk.HIGH, protected, lasting=lasting)


CODES: dict[str, Permission] = {
    "access.token.manage": Permission("Make, list and revoke own API tokens", lasting=True),
    "access.user.view": Permission("See staff"),
    "access.user.manage": _high("Invite and change staff", lasting=True),
    "access.role.view": Permission("See roles and who may do what"),
    "access.role.manage": _high("Change roles, also one's own", protected=True),
    "access.position.view": Permission("See departments, positions and who holds them"),
    "access.position.manage": _high("Change departments, positions and who holds them"),
    "access.site.view": Permission("See sites"),
    "access.site.manage": Permission("Change sites"),
    "access.alert.view": Permission("See which department gets which alert"),
    "access.alert.manage": Permission("Change which department gets which alert"),
    "access.alert.fallback": Permission("Get alerts that no department takes"),
    "access.settings.view": Permission("See the organisation's settings"),
    "access.provider.view": Permission("See sign-in providers"),
    "access.provider.manage": _high(
        "Change sign-in providers, and whom their groups make what", protected=True
    ),
    "access.policy.view": Permission("See the rules of signing in"),
    "access.policy.manage": _high(
        "Change the rules of signing in: who needs a second factor", protected=True
    ),
    "access.settings.manage": _high("Change the organisation's settings"),
    "radius.plan.view": Permission("See plans"),
    "radius.plan.manage": Permission("Change plans"),
    "radius.subscriber.view": Permission("See subscribers"),
    "radius.subscriber.manage": Permission("Change subscribers"),
    "radius.subscriber.import": Permission("Import subscribers from a file"),
    "radius.nas.view": Permission("See routers"),
    "radius.nas.manage": Permission("Change routers"),
    "radius.voucher.view": Permission("See vouchers, without their codes"),
    "radius.voucher.manage": Permission("Make and void vouchers"),
    # A code on paper lets in whoever has it, long after a support session.
    "radius.voucher.reveal": _high("Show, print and export codes of vouchers", lasting=True),
    "radius.session.view": Permission("See sessions"),
    "radius.login.view": Permission("See login attempts"),
    "jobs.job.view": Permission("See background jobs"),
    "events.event.view": Permission("Follow what happens, as far as one may see it"),
    "ledger.transfer.view": Permission("See the books: accounts and transfers"),
    "ledger.transfer.adjust": _high("Correct the books by hand", protected=True),
    "wallets.wallet.view": Permission("See wallets and what went in and out of them"),
    "wallets.wallet.manage": Permission("Open wallets"),
    "wallets.topup.create": Permission("Top up wallets in cash"),
    "tills.shift.view": Permission("See shifts and how their drawers were counted"),
    "tills.shift.manage": Permission("Open and close one's own shift"),
    "tills.sale.view": Permission("See sales over the counter"),
    "tills.sale.create": Permission("Sell plans over the counter"),
    "tills.sale.refund": Permission(
        "Refund sales of others", Risk.HIGH, limit="refund_max", other_hands=True
    ),
    "tills.refund.approve": Permission(
        "Approve refunds above others' limits", Risk.HIGH, limit="refund_max", other_hands=True
    ),
    "tills.day.view": Permission("See closed days"),
    "tills.day.close": _high("Close days, and others' shifts"),
    "resellers.reseller.view": Permission("See resellers, their floats and sales"),
    "resellers.reseller.manage": _high("Change resellers and their commission"),
    "resellers.float.create": Permission("Take resellers' cash into their float"),
    "resellers.sale.create": Permission("Sell plans from a reseller's float"),
    "reports.report.view": Permission("See income, floats, liability and fees"),
    "payments.payment.view": Permission("See payments, receipts and suspense"),
    "payments.payment.create": Permission("Ask customers to pay"),
    "payments.receipt.create": Permission("Type receipts that wait for the provider"),
    "payments.receipt.trust": _high("Credit typed receipts before the provider confirms them"),
    "payments.suspense.match": _high("Credit money in suspense to a wallet"),
    "payments.suspense.return": _high("Give money in suspense back to its payer"),
    "payments.account.view": Permission("See the accounts at payment providers"),
    # The URLs that it shows let whoever has them report payments.
    "payments.account.manage": _high(
        "Change the accounts at payment providers", protected=True, lasting=True
    ),
    "water.kiosk.view": Permission("See kiosks, their state and what is missing of them"),
    "water.kiosk.manage": _high("Change kiosks: where they stand, and whether they sell"),
    "water.kiosk.service": Permission("Service kiosks: calibrate taps, dispense for a test"),
    # Whoever has a kiosk's key reports sales in its name.
    "water.kiosk.key": _high("Give kiosks keys, and take them away", protected=True, lasting=True),
    "water.tariff.view": Permission("See what water costs"),
    "water.tariff.manage": _high("Change what water costs"),
    "water.tag.view": Permission("See tags"),
    "water.tag.manage": Permission("Bind tags to wallets, and block them"),
    "water.lease.view": Permission("See what kiosks may spend of wallets while offline"),
    "water.lease.manage": Permission("Let kiosks spend of wallets while offline"),
    "water.bundle.view": Permission("See bundles of water and WiFi, and who got them"),
    "water.bundle.manage": _high("Change bundles of water and WiFi"),
    "water.transaction.view": Permission("See water sales"),
    "water.transaction.refund": Permission("Refund water sales", Risk.HIGH, limit="refund_max"),
    "realtime.app.view": Permission("See the realtime app's settings"),
    # Its secrets let a program listen on every channel, whatever its user may.
    "realtime.app.manage": _high(
        "Change the realtime app and its secrets", protected=True, lasting=True
    ),
    "realtime.staff.view": Permission("See which colleagues are online"),
    "realtime.alert.view": Permission("See alerts of the whole organisation, live"),
    "notifications.inbox.view": Permission("See one's own notifications and preferences"),
    "notifications.inbox.manage": Permission("Read and choose one's own notifications"),
    "notifications.delivery.view": Permission("See which mails and text messages went out"),
    "notifications.channel.view": Permission("See the mail server and the SMS account"),
    "notifications.channel.manage": _high("Change the mail server and the SMS account"),
    "notifications.task.view": Permission("See tasks"),
    "notifications.task.manage": Permission("Claim, release and finish tasks"),
    "webhooks.endpoint.view": Permission("See webhooks, and what was sent to them"),
    "webhooks.endpoint.manage": _high("Change webhooks, and send again", lasting=True),
    "audit.entry.view": Permission("See who changed what"),
    "audit.entry.export": _high("Export the audit trail"),
    "tenants.tenant.view": Permission("See tenants"),
    "tenants.tenant.manage": _high("Change tenants"),
    "ops.health.view": Permission("See how the platform is"),
    "tenants.support.view": Permission("See support sessions"),
    "tenants.support.manage": _high("Open and end support sessions in tenants"),
}


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A role that every schema of its kind has and nobody can change.

    Attributes:
        whole_tenant: sees every site without a department (only the owner).
    """

    title: str
    codes: frozenset[str]
    whole_tenant: bool = False


# What platform operators do in `public`, and what exists in tenants only.
PLATFORM_APPS = (
    "access.token.",
    "access.user.",
    "access.role.",
    "access.policy.",
    "audit.",
    "events.",
    "jobs.",
    "ops.",
    "realtime.app.",
    "tenants.",
)
PLATFORM_CODES = frozenset(code for code in CODES if code.startswith(PLATFORM_APPS))
TENANT_CODES = frozenset(code for code in CODES if not code.startswith(("ops.", "tenants.")))

_OWNERS_ONLY = {
    "access.role.manage",
    "access.settings.manage",
    "access.provider.manage",
    "access.policy.manage",
    "realtime.app.manage",
    "ledger.transfer.adjust",
    "payments.account.manage",
    "water.kiosk.key",
}
# Everybody's own.
_OWN = {"notifications.inbox.view", "notifications.inbox.manage"}
_TECHNICAL = {
    *_OWN,
    "notifications.task.view",
    "notifications.task.manage",
    "access.token.manage",
    "access.site.view",
    "events.event.view",
    "realtime.staff.view",
    "realtime.alert.view",
    "water.kiosk.view",
    "water.kiosk.service",
    "water.tariff.view",
    "water.tag.view",
    "water.transaction.view",
    "radius.plan.view",
    "radius.voucher.view",
    "radius.subscriber.view",
    "radius.nas.view",
    "radius.nas.manage",
    "radius.session.view",
    "radius.login.view",
    "jobs.job.view",
}
_SELLING = {
    *_OWN,
    "notifications.task.view",
    "notifications.task.manage",
    "access.token.manage",
    "access.site.view",
    "events.event.view",
    "wallets.wallet.view",
    "wallets.wallet.manage",
    "wallets.topup.create",
    "tills.shift.view",
    "tills.shift.manage",
    "tills.sale.view",
    "tills.sale.create",
    "resellers.reseller.view",
    "resellers.float.create",
    "payments.payment.view",
    "payments.payment.create",
    "payments.receipt.create",
    "realtime.staff.view",
    "water.kiosk.view",
    "water.tariff.view",
    "water.tag.view",
    "water.tag.manage",
    "water.lease.view",
    "water.lease.manage",
    "water.bundle.view",
    "water.transaction.view",
    "radius.plan.view",
    "radius.voucher.view",
    "radius.subscriber.view",
    "radius.subscriber.manage",
    "radius.session.view",
    "radius.login.view",
}

PLATFORM_ROLES = {"operator": BuiltIn("Platform operator", PLATFORM_CODES)}
TENANT_ROLES = {
    "owner": BuiltIn("Owner", TENANT_CODES, whole_tenant=True),
    "manager": BuiltIn("Manager", TENANT_CODES - _OWNERS_ONLY),
    "cashier": BuiltIn("Cashier", frozenset(_SELLING)),
    "technician": BuiltIn("Technician", frozenset(_TECHNICAL)),
    "viewer": BuiltIn(
        "Viewer", frozenset({*_OWN, *(c for c in TENANT_CODES if c.endswith(".view"))})
    ),
}
BUILT_IN: dict[str, BuiltIn] = {**PLATFORM_ROLES, **TENANT_ROLES}
# Whoever may do this can give it back to others; the last one may not lose it.
KEY = "access.role.manage"
