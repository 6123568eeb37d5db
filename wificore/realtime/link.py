"""One process' link to Redis: one subscription, one line for commands, and both again after a loss.

    run()   connect -> subscribe -> up -> read messages | flush commands -> (loss) -> connect ..

Commands wait in one list and leave together in a pipeline, so that thousands of sockets that come
back at once cost Redis and us a few round trips, and what one socket did stays in order. While the
link is down nothing waits: `ask` fails and `post` is dropped, for `on_up` says everything again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis.asyncio
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from wificore.kernel import logging
from wificore.realtime import metrics

log = logging.get(__name__)

TIMEOUT_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
BATCH = 500
AGAIN_S = 0.5
LUA = Path(__file__).parent / "lua"

Handler = Callable[[str, bytes], Awaitable[None]]
LOST = (RedisError, OSError, asyncio.TimeoutError)


class LinkDown(ConnectionError):
    """Redis does not answer."""


@dataclass(frozen=True, slots=True)
class Script:
    """A file in `lua/` with its keys and arguments."""

    name: str
    keys: tuple[str, ...]
    arguments: tuple[str | int, ...]


@dataclass(slots=True)
class Waiting:
    """A command on its way, and who wants the answer."""

    command: Script | tuple[str | int, ...]
    answer: "asyncio.Future[Any] | None"


class Link:
    """See above.

    Args:
        url: of the Redis database. handlers: by pattern of Redis channels.
        on_up: called at once when the link is up, with True the first time.
    """

    def __init__(
        self, url: str, handlers: Mapping[str, Handler], on_up: Callable[[bool], None]
    ) -> None:
        self._url = url
        self._handlers = dict(handlers)
        self._on_up = on_up
        self._shas: dict[str, str] = {}
        self._waiting: list[Waiting] = []
        self._wake = asyncio.Event()
        self.is_up = False
        self.up_since = 0.0
        self._first_up = asyncio.Event()

    async def wait_until_up(self, seconds: float) -> None:
        """Until it was up once, or so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._first_up.wait(), seconds)

    def ask(self, command: Script | tuple[str | int, ...]) -> "asyncio.Future[Any]":
        """Send a command; the future holds Redis' answer, or raises LinkDown."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.is_up:
            self._enqueue(Waiting(command, answer))
        else:
            answer.set_exception(LinkDown("Redis is away"))
        return answer

    def post(self, command: Script | tuple[str | int, ...]) -> None:
        """Send a command whose answer nobody wants."""
        if self.is_up:
            self._enqueue(Waiting(command, None))

    def _enqueue(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)
        self._wake.set()

    async def run(self) -> None:
        """Keep the link until cancelled."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self._connected()
            except LOST as error:
                if self.is_up or pause == FIRST_PAUSE_S:
                    log.warning("no link to Redis", error=f"{type(error).__name__}: {error}")
                pause = FIRST_PAUSE_S if self.is_up else min(pause * 2, LONGEST_PAUSE_S)
            finally:
                self._down()
            await asyncio.sleep(pause)

    async def _connected(self) -> None:
        """One connection's life; ends with an exception."""
        commands, listener = self._client(TIMEOUT_S), self._client(None)
        subscription = listener.pubsub()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._load(commands)
                await self._subscribe(subscription)
            self._up()
            await _first_failure(self._read(subscription), self._flush(commands))
        finally:
            for closing in (subscription, listener, commands):
                with contextlib.suppress(*LOST):
                    await closing.aclose()

    def _client(self, timeout_s: float | None) -> "redis.asyncio.Redis":
        # Without the library's own retries, which would hide a loss.
        return redis.asyncio.Redis.from_url(
            self._url,
            socket_timeout=timeout_s,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )

    async def _load(self, client: "redis.asyncio.Redis") -> None:
        for path in LUA.glob("*.lua"):
            self._shas[path.stem] = await client.script_load(path.read_text())

    async def _subscribe(self, subscription: PubSub) -> None:
        """Returns when Redis has confirmed: from then on nothing published is missed."""
        await subscription.psubscribe(*self._handlers)
        confirmed = 0
        while confirmed < len(self._handlers):
            message = await subscription.get_message(timeout=TIMEOUT_S)
            confirmed += message is not None and message["type"] == "psubscribe"

    def _up(self) -> None:
        self.is_up, self.up_since = True, asyncio.get_running_loop().time()
        first = not self._first_up.is_set()
        self._first_up.set()
        metrics.LINK.set(1)
        log.info("linked to Redis")
        self._on_up(first)

    def _down(self) -> None:
        self.is_up = False
        metrics.LINK.set(0)
        for waiting in self._waiting:
            _fail(waiting, LinkDown("Redis went away"))
        self._waiting.clear()

    async def _read(self, subscription: PubSub) -> None:
        async for message in subscription.listen():
            if message["type"] == "pmessage":
                handler = self._handlers[message["pattern"].decode()]
                await handler(message["channel"].decode(), message["data"])
        raise LinkDown("the subscription ended")

    async def _flush(self, client: "redis.asyncio.Redis") -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                try:
                    await self._send(client, batch)
                except BaseException:
                    for waiting in batch:
                        _fail(waiting, LinkDown("Redis went away"))
                    raise

    async def _send(self, client: "redis.asyncio.Redis", batch: list[Waiting]) -> None:
        pipeline = client.pipeline(transaction=False)
        for waiting in batch:
            pipeline.execute_command(*self._words(waiting.command))
        answers = await pipeline.execute(raise_on_error=False)
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                _complain(waiting, answer)
            elif waiting.answer is not None and not waiting.answer.done():
                waiting.answer.set_result(answer)

    def _words(self, command: Script | tuple[str | int, ...]) -> tuple[str | int, ...]:
        if isinstance(command, tuple):
            return command
        sha = self._shas[command.name]
        return ("EVALSHA", sha, len(command.keys), *command.keys, *command.arguments)


def _fail(waiting: Waiting, error: Exception) -> None:
    if waiting.answer is not None and not waiting.answer.done():
        waiting.answer.set_exception(error)


def _complain(waiting: Waiting, error: Exception) -> None:
    """One command that Redis refused.

    Raises:
        LinkDown: Redis does not know our scripts any more, or may not write: connect anew.
    """
    _fail(waiting, LinkDown(str(error)))
    if not isinstance(error, ResponseError) or str(error).startswith(("NOSCRIPT", "READONLY")):
        raise LinkDown(str(error))
    log.error("Redis refused a command", error=str(error))


async def _first_failure(*jobs: Any) -> None:
    """Run all until one ends, then end the others and raise its exception."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel tasks, and again until they are done; who is cancelled meanwhile, ends them first.

    Once is not enough: `asyncio.wait_for` of Python 3.11, which redis-py uses, swallows it when
    what it waits for ends in the same moment (seen: a process that never stopped).
    """
    every = set(tasks)
    cancelled = False
    while pending := {task for task in every if not task.done()}:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=AGAIN_S)
        except asyncio.CancelledError:
            cancelled = True
    for task in every:
        # Looked at, so that nobody complains that it was not.
        _ = task.cancelled() or task.exception()
    if cancelled:
        raise asyncio.CancelledError
