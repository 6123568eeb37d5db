"""The model is a function of its seed and of the answers, and does all that routers do."""

from collections import Counter

from radius.simulator.actions import Action, Answer, Flavour, Login, Record, Status
from radius.simulator.model import World
from radius.simulator.participants import Party
from radius.simulator.shape import GIGAWORD, Shape

from .virtual import play

BEGIN = 1_700_000_000.0
BUSY = Shape(rate=20, session_mean=6, interim=2, reboot_every=5, giant=0.2)


def acted(parties: list[Party], seed: int = 1, shape: Shape = BUSY) -> list[Action]:
    return [action for _, action in play(World(parties, shape, seed, "run"), BEGIN, 30)]


def records(actions: list[Action], status: Status) -> list[Record]:
    return [a for a in actions if isinstance(a, Record) and a.status is status]


def test_same_seed_and_answers_give_the_same_run(parties: list[Party]) -> None:
    assert acted(parties, seed=7) == acted(parties, seed=7)


def test_another_seed_gives_another_run(parties: list[Party]) -> None:
    assert acted(parties, seed=7) != acted(parties, seed=8)


def test_logins_of_every_flavour_by_pap_and_chap_from_every_router(parties: list[Party]) -> None:
    logins = [a for a in acted(parties) if isinstance(a, Login)]
    assert {login.flavour for login in logins} == set(Flavour)
    assert {login.chap for login in logins} == {True, False}
    assert {login.router for login in logins} == {r for p in parties for r in p.routers}


def test_another_tenants_password_is_a_real_one_of_the_same_username(parties: list[Party]) -> None:
    known = {(p.tenant, s.username): s.password for p in parties for s in p.subscribers}
    other = {"acme": "blue", "blue": "acme"}
    foreign = [a for a in acted(parties) if getattr(a, "flavour", None) is Flavour.FOREIGN]
    assert foreign
    for login in foreign:
        assert isinstance(login, Login)
        assert login.password == known[other[login.router.tenant], login.username]
        assert login.password != known[login.router.tenant, login.username]


def test_every_session_ends_once_by_stop_roaming_or_reboot(parties: list[Party]) -> None:
    world = World(parties, BUSY, 1, "run")
    actions = [action for _, action in play(world, BEGIN, 30)]
    assert world.idle
    stops = Counter(r.session for r in records(actions, Status.STOP) if not r.repeat)
    assert set(stops.values()) == {1}
    started = {r.session for r in records(actions, Status.START)}
    assert started - set(stops), "roaming without a Stop and reboots leave sessions open"
    assert set(stops) - started, "a lost Start"
    assert world.reboots > 0


def test_counters_and_times_of_a_session_never_shrink(parties: list[Party]) -> None:
    last: dict[str, Record] = {}
    for action in acted(parties):
        if isinstance(action, Record) and action.session:
            before = last.get(action.session, action)
            assert action.event >= before.event
            assert action.octets_in >= before.octets_in
            assert action.octets_out >= before.octets_out
            last[action.session] = action
    assert any(record.octets_in > GIGAWORD for record in last.values())


def test_a_device_has_one_record_on_its_way_at_a_time(parties: list[Party]) -> None:
    world = World(parties, BUSY, 3, "run")
    waiting: dict[str, Record] = {}
    world.power_on(BEGIN)
    for action in world.advance(BEGIN):
        assert isinstance(action, Record)
        world.acknowledged(action, BEGIN)
    world.open(BEGIN)
    for step in range(300):
        now = BEGIN + step * 0.1
        for action in world.advance(now):
            if isinstance(action, Login):
                world.answered(action, action.expected, now)
            elif action.mac:
                assert action.mac not in waiting
                waiting[action.mac] = action
            else:
                world.acknowledged(action, now)
        if step % 7 == 0:  # the server is slow: by then the next records queue up
            slow, waiting = waiting, {}
            for record in slow.values():
                world.acknowledged(record, now)


def test_a_rebooting_router_is_silent_until_its_accounting_on(parties: list[Party]) -> None:
    sent = play(World(parties, BUSY, 1, "run"), BEGIN, 30)
    ons = [(at, a.router) for at, a in sent if isinstance(a, Record) and a.status is Status.ON]
    later = [(at, router) for at, router in ons if at > BEGIN + 5]
    assert later
    for at, router in later:
        assert not [a for when, a in sent if a.router == router and at - 1.9 < when < at]


def test_an_unanswered_login_is_tried_again_by_the_same_device(parties: list[Party]) -> None:
    asked: Counter[str] = Counter()

    def deaf_at_first(login: Login) -> Answer:
        asked[login.mac] += login.flavour is Flavour.RIGHT
        return Answer.NONE if asked[login.mac] == 1 else login.expected

    world = World(parties, Shape(rate=2, session_mean=5), 1, "run")
    actions = [action for _, action in play(world, BEGIN, 40, deaf_at_first)]
    assert records(actions, Status.START)
    assert max(asked.values()) > 1


def test_two_runs_never_share_a_device_or_a_session_name(parties: list[Party]) -> None:
    macs, names = [], []
    for run in ("one", "two"):
        actions = [a for _, a in play(World(parties, BUSY, 1, run), BEGIN, 10)]
        macs.append({a.mac for a in actions if a.mac})
        names.append({a.session for a in actions if isinstance(a, Record) and a.session})
    assert not macs[0] & macs[1]
    assert not names[0] & names[1]
