"""Plays the model in virtual time against a server that answers as told, without sockets."""

from collections.abc import Callable

from radius.simulator.actions import Action, Answer, Login, Record
from radius.simulator.model import World

Reply = Callable[[Login], Answer]


def ideal(login: Login) -> Answer:
    """The right answer to every login."""
    return login.expected


def play(
    world: World, begin: float, seconds: float, reply: Reply = ideal, lag: float = 0.01
) -> list[tuple[float, Action]]:
    """Return what a run of `seconds` sends, and when; every packet is answered after `lag`."""
    sent: list[tuple[float, Action]] = []
    world.power_on(begin)
    _work(world, begin, begin + 5, reply, lag, sent)
    assert world.ready
    world.open(begin + 5)
    _work(world, begin + 5, begin + 5 + seconds, reply, lag, sent)
    world.close(begin + 5 + seconds)
    _work(world, begin + 5 + seconds, begin + 65 + seconds, reply, lag, sent)
    return sent


def _work(
    world: World,
    begin: float,
    end: float,
    reply: Reply,
    lag: float,
    sent: list[tuple[float, Action]],
) -> None:
    steps = int((end - begin) / lag)
    for step in range(steps):
        now = begin + step * lag
        for action in world.advance(now):
            sent.append((now, action))
            _answer(world, action, reply, now + lag)


def _answer(world: World, action: Action, reply: Reply, at: float) -> None:
    if isinstance(action, Record):
        world.acknowledged(action, at)
    else:
        world.answered(action, reply(action), at)
