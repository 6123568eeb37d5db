"""The model's sessions: Start, Interims, Stop, roaming, one record at a time for each device."""

from collections import deque
from dataclasses import replace
from random import Random

from radius.simulator.actions import Record, Status
from radius.simulator.board import Board, Device, Mast, Session
from radius.simulator.shape import session_plan


class Accounting:
    """Begins and ends sessions and reports them."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.online = 0

    def begin(self, device: Device, mast: Mast, number: int, at: float) -> None:
        """Open the session of the accepted login `number`, leaving the device's older one."""
        board = self._board
        rng = Random(f"{board.seed}/session/{number}")
        plan = session_plan(board.shape, rng)
        silent = self._leave(device, rng, at)
        session = Session(f"{board.run}-{number:x}", mast, int(at), plan)
        device.session = session
        mast.online.add(device)
        self.online += 1
        # Whether a lost Start still shows the server that a device roamed is not specified.
        if silent or not plan.start_lost:
            self._report(device, session, Status.START, int(at))
        board.later(session.began + board.shape.interim, self._interim, device, session)
        board.later(session.began + plan.seconds, self._stop, device, session, plan.cause)

    def end(self, device: Device, at: float, cause: str = "User-Request") -> None:
        """Stop the device's session, if it has one."""
        if device.session is not None:
            self._stop(device, device.session, cause, at)

    def forget(self, device: Device) -> None:
        """The device's session is over without a word; what was not sent yet never will be."""
        session = device.session
        if session is not None:
            device.queue = deque(r for r in device.queue if r.session != session.name)
            self._close(device, session)

    def forget_on(self, device: Device, mast: Mast) -> None:
        """A router going down forgets the device's session there and what it had not sent."""
        if device.session is not None and device.session.mast is mast:
            self.forget(device)
        device.queue = deque(r for r in device.queue if r.router != mast.router)

    def acknowledged(self, record: Record) -> None:
        """The server has `record`: now and then tell it again, then go on with the device."""
        device = self._board.by_mac[record.mac]
        if not record.repeat and self._board.rng.random() < self._board.shape.repeated:
            again = replace(record, number=self._board.number(), repeat=True, doubled=False)
            self._board.emit(again)
            return
        device.waiting = False
        self._pump(device)

    def _leave(self, device: Device, rng: Random, at: float) -> bool:
        """End the device's older session by its Stop, or silently (True) as roaming does."""
        if device.session is None:
            return False
        if rng.random() >= self._board.shape.silent:
            self._stop(device, device.session, "Lost-Carrier", at)
            return False
        self.forget(device)
        return True

    def _interim(self, device: Device, session: Session, at: float) -> None:
        if session.ended:
            return
        self._report(device, session, Status.INTERIM, int(at))
        self._board.later(at + self._board.shape.interim, self._interim, device, session)

    def _stop(self, device: Device, session: Session, cause: str, at: float) -> None:
        if session.ended:
            return
        self._close(device, session)
        self._report(device, session, Status.STOP, int(at), cause)

    def _close(self, device: Device, session: Session) -> None:
        session.ended = True
        session.mast.online.discard(device)
        device.session = None
        self.online -= 1

    def _report(
        self, device: Device, session: Session, status: Status, event: int, cause: str = ""
    ) -> None:
        seconds = max(0, event - session.began)
        octets_in, octets_out = session.plan.octets(seconds)
        record = Record(
            number=self._board.number(),
            router=session.mast.router,
            status=status,
            event=session.began + seconds,
            session=session.name,
            username=device.subscriber.username,
            mac=device.mac,
            framed_ip=device.framed_ip,
            seconds=seconds,
            octets_in=octets_in,
            octets_out=octets_out,
            cause=cause,
            doubled=self._board.rng.random() < self._board.shape.doubled,
        )
        device.queue.append(record)
        self._pump(device)

    def _pump(self, device: Device) -> None:
        if device.queue and not device.waiting:
            device.waiting = True
            self._board.emit(device.queue.popleft())
