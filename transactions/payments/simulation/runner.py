"""Plays the plan: staff who order, and a provider that tells late, twice, falsely or never."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from random import Random
from typing import Any

from ..gateways.mpesa import bodies
from .expected import CONFIRMATION, SUCCESS
from .journal import Journal
from .plan import UNASKED, Fate, Script
from .stage import Tenant
from .wire import Wire

PLAYERS = 12
POLL_S = 0.3
# Until a prompt is out; an order whose message was lost leaves after half a minute.
ORDER_S = 90
MICRO = 1_000_000
FAILURE = "failure"
NOBODY = "nobody-knows"


class Runner:
    """Plays scripts side by side, each at its time."""

    def __init__(self, tenants: Sequence[Tenant], wire: Wire, journal: Journal) -> None:
        self._tenants = {tenant.slug: tenant for tenant in tenants}
        self._wire, self._journal = wire, journal
        self.counts: Counter[str] = Counter()

    def play(self, scripts: Sequence[Script], stopped: Callable[[], bool]) -> Iterator[Script]:
        """Each script when it is through; whoever takes none any more has stopped the run."""
        began = time.monotonic()
        waiting: dict[Future[None], Script] = {}
        with ThreadPoolExecutor(PLAYERS) as players:
            for script in scripts:
                if stopped():
                    return
                time.sleep(max(0.0, began + script.at - time.monotonic()))
                waiting[players.submit(self._one, script)] = script
                for future in [done for done in waiting if done.done()]:
                    yield _through(future, waiting)
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield _through(future, waiting)

    def _one(self, script: Script) -> None:
        tenant = self._tenants[script.tenant]
        self._journal.script(script)
        self.counts[script.fate] += 1
        if script.fate in UNASKED:
            self._confirm(tenant, script, times=2)
            return
        ids = self._asked(tenant, script)
        if ids is not None:
            self._journal.asked(script.number)
            getattr(self, f"_{script.fate}")(tenant, script, ids)

    def _asked(self, tenant: Tenant, script: Script) -> dict[str, str] | None:
        """Order, and wait until the payer has the prompt; None: they never got it."""
        wallet = tenant.wallets[script.wallet]
        body = {
            "wallet": wallet,
            "provider": "mpesa",
            "amount_micro": script.amount * MICRO,
            "currency": "KES",
            "phone": script.phone,
        }
        path = "/api/v1/payments/"
        _, made = self._wire.staff(tenant, "POST", path, body, key=script.receipt)
        one = f"{path}{made['id']}/"
        deadline = time.monotonic() + ORDER_S
        while time.monotonic() < deadline:
            _, seen = self._wire.staff(tenant, "GET", one)
            if seen["checkout_id"]:
                return {
                    "id": seen["id"],
                    "MerchantRequestID": seen["merchant_request_id"] or "",
                    "CheckoutRequestID": seen["checkout_id"],
                }
            if seen["state"] in ("failed", "unknown"):
                break
            time.sleep(POLL_S)
        self.counts["never prompted"] += 1
        return None

    def _paid(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        self._succeed(tenant, script, ids)

    def _doubled(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        with ThreadPoolExecutor(3) as three:
            sent = [three.submit(self._succeed, tenant, script, ids) for _ in range(3)]
            for future in sent:
                future.result()

    def _late(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        self._fail(tenant, script, ids, "1037", "DS timeout user cannot be reached")
        time.sleep(Random(script.receipt).uniform(0.5, 4))
        self._succeed(tenant, script, ids)

    def _cancelled(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        self._fail(tenant, script, ids, "1032", "Request cancelled by user")

    def _lost(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        self._wire.staff(tenant, "POST", f"/api/v1/payments/{ids['id']}/check/", {})
        self._until_paid(tenant, ids["id"])

    def _told(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        self._lost(tenant, script, ids)
        self._confirm(tenant, script)

    def _both(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        if script.first:
            self._confirm(tenant, script)
        self._succeed(tenant, script, ids)
        if not script.first:
            self._confirm(tenant, script)

    def _forged(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        good = self._success(script, ids)
        other = {**ids, "CheckoutRequestID": f"{ids['CheckoutRequestID']}0"}
        dear = bodies.stk_success(_named(ids), script.receipt, "99999", script.phone)
        self._wire.provider(tenant, "stk", good, secret="0" * 40)
        self._wire.provider(tenant, "stk", dear)
        self._wire.provider(tenant, "stk", self._success(script, other))

    def _succeed(self, tenant: Tenant, script: Script, ids: dict[str, str]) -> None:
        self._tell(tenant, script, SUCCESS, "stk", self._success(script, ids))

    def _success(self, script: Script, ids: dict[str, str]) -> dict[str, Any]:
        amount, phone = str(script.amount), script.phone
        return bodies.stk_success(_named(ids), script.receipt, amount, phone)

    def _fail(
        self, tenant: Tenant, script: Script, ids: dict[str, str], code: str, text: str
    ) -> None:
        self._tell(tenant, script, FAILURE, "stk", bodies.stk_failure(_named(ids), code, text))

    def _confirm(self, tenant: Tenant, script: Script, times: int = 1) -> None:
        account = NOBODY if script.fate == Fate.STRAY else tenant.accounts[script.wallet]
        body = bodies.confirmation(
            script.receipt, tenant.shortcode, script.phone, str(script.amount), account
        )
        for _ in range(times):
            self._tell(tenant, script, CONFIRMATION, "c2b/confirmation", body)

    def _tell(self, tenant: Tenant, script: Script, message: str, door: str, body: Any) -> None:
        self._journal.sent(script.number, message)
        status = self._wire.provider(tenant, door, body)
        self.counts["messages"] += 1
        if status == 200:
            self._journal.acked(script.number, message)

    def _until_paid(self, tenant: Tenant, payment: str) -> None:
        """A confirmation merges with a payment that is credited: wait until it is."""
        deadline = time.monotonic() + ORDER_S
        while time.monotonic() < deadline:
            _, seen = self._wire.staff(tenant, "GET", f"/api/v1/payments/{payment}/")
            if seen["state"] == "paid":
                return
            time.sleep(POLL_S)


def _named(ids: dict[str, str]) -> dict[str, str]:
    return {name: ids[name] for name in ("MerchantRequestID", "CheckoutRequestID")}


def _through(future: "Future[None]", waiting: "dict[Future[None], Script]") -> Script:
    future.result()
    return waiting.pop(future)
