"""Anything in any order, alone and by several threads: the books stay whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import World
from tests.transactions.books import fresh
from tests.transactions.invariants import assert_books
from tests.transactions.threads import together
from transactions.ledger import holds, selectors
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account
from transactions.ledger.services import AboveLimit, HoldResolved, InsufficientFunds, account, post
from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import tenant_context

MOVES = ("topup", "spend", "refund", "again")
HOLDS = ("hold", "lease", "capture", "part", "release", "expire")
Step = tuple[str, int, int]
STEPS = st.tuples(st.sampled_from(MOVES + HOLDS), st.integers(1, 400), st.integers(0, 2))
SCRIPT = st.lists(STEPS, min_size=1, max_size=12)
# Each example is dozens of transactions on a real server.
PATIENT = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Shop:
    """Three wallets, and what was done with them. The model knows each one's posted and held."""

    wallets: list[int]
    sales: list[tuple[int, int, int]] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)
    calls: list[Callable[[], object]] = field(default_factory=list)

    def step(self, name: str, amount: int, which: int) -> None:
        """One step; refusals that the domain knows are part of the game."""
        try:
            getattr(self, f"_{name}")(amount, which)
        except (InsufficientFunds, AboveLimit, HoldResolved):
            return

    def _do(self, call: Callable[[], object]) -> object:
        result = call()
        self.calls.append(call)
        return result

    def _post(self, kind: str, entries: list[tuple[int, int]], reverses: int | None = None) -> int:
        key = fresh(kind)
        self._do(lambda: post(kind, entries, key=key, reverses=reverses))
        return post(kind, entries, key=key, reverses=reverses).transfer

    def _topup(self, amount: int, which: int) -> None:
        self._post("topup", [(account(Kind.CLEARING), -amount), (self.wallets[which], amount)])

    def _spend(self, amount: int, which: int) -> None:
        entries = [(self.wallets[which], -amount), (account(Kind.REVENUE_WIFI), amount)]
        self.sales.append((self._post("sale", entries), which, amount))

    def _refund(self, amount: int, which: int) -> None:
        if self.sales:
            sale, bought, _ = self.sales[which % len(self.sales)]
            entries = [(self.wallets[bought], amount), (account(Kind.REVENUE_WIFI), -amount)]
            self._post("refund", entries, reverses=sale)

    def _hold(self, amount: int, which: int, kind: str = "hold") -> None:
        until = datetime.now(UTC) + timedelta(seconds=amount - 200)
        key = fresh(kind)
        wallet = self.wallets[which]
        placed = holds.place(wallet, amount, key=key, kind=kind, expires_at=until)
        self.held.append((placed.pk, amount))

    def _lease(self, amount: int, which: int) -> None:
        self._hold(amount, which, "lease")

    def _capture(self, amount: int, which: int, keep: bool = False) -> None:
        if self.held:
            hold, _ = self.held[which % len(self.held)]
            to, key = [(account(Kind.REVENUE_WATER), amount)], fresh("capture")
            self._do(lambda: holds.capture(hold, amount, to=to, key=key, keep=keep))

    def _part(self, amount: int, which: int) -> None:
        self._capture(amount, which, keep=True)

    def _release(self, _amount: int, which: int) -> None:
        if self.held:
            holds.release(self.held[which % len(self.held)][0])

    def _expire(self, _amount: int, _which: int) -> None:
        holds.expire(datetime.now(UTC))

    def _again(self, amount: int, _which: int) -> None:
        """Something that was done is asked for again, word for word: nothing happens."""
        if self.calls:
            before = self.state()
            assert self.calls[amount % len(self.calls)]().replayed  # type: ignore[attr-defined]
            assert self.state() == before

    def state(self) -> list[tuple[int, int]]:
        rows = Account.objects.filter(pk__in=self.wallets).order_by("pk")
        return list(rows.values_list("posted", "held"))


def shop() -> Shop:
    return Shop([account(Kind.WALLET, fresh("wallet")) for _ in range(3)])


@PATIENT
@given(script=SCRIPT)
def test_any_script_leaves_the_books_whole(world: World, script: list[Step]) -> None:
    with tenant_context(world.alpha):
        one = shop()
        for step in script:
            one.step(*step)
            assert all(0 <= held <= posted for posted, held in one.state())
    assert_books(world.alpha)


@PATIENT
@given(scripts=st.lists(SCRIPT, min_size=4, max_size=4))
def test_any_scripts_at_the_same_time_leave_the_books_whole(
    world: World, scripts: list[list[Step]]
) -> None:
    with tenant_context(world.alpha):
        wallets = shop().wallets

    def play(script: list[Step]) -> None:
        mine = Shop(wallets)
        for name, amount, which in script:
            # What another thread does meanwhile changes the state: see the test above.
            if name != "again":
                mine.step(name, amount, which)

    results = together(world.alpha, [lambda s=script: play(s) for script in scripts])
    assert [result for result in results if isinstance(result, DomainError)] == []
    assert_books(world.alpha)


@PATIENT
@given(
    captures=st.lists(st.integers(1, 120), min_size=1, max_size=6),
    ends=st.integers(0, 6),
)
def test_a_lease_gives_at_most_itself_in_any_order(
    world: World, captures: list[int], ends: int
) -> None:
    with tenant_context(world.alpha):
        wallet, water = account(Kind.WALLET, fresh("wallet")), account(Kind.REVENUE_WATER)
        entries = [(account(Kind.CLEARING), -300), (wallet, 300)]
        post("topup", entries, key=fresh("topup"))
        until = datetime.now(UTC) + timedelta(hours=1)
        lease = holds.place(wallet, 300, key=fresh("l"), kind="lease", expires_at=until).pk
        taken = 0
        for number, amount in enumerate(captures):
            if number == ends:
                holds.release(lease)
            try:
                key = fresh("capture")
                holds.capture(lease, amount, to=[(water, amount)], key=key, keep=True)
            except (AboveLimit, HoldResolved):
                continue
            taken += amount
        assert taken <= 300
        assert selectors.balance(wallet) == 300 - taken
    assert_books(world.alpha)
