"""Many acts in one durable transaction: those that wait while one is being committed are committed with the next.

Waiting for the disk costs the same for one act as for thirty. The first thread that comes leads: it does its own act
and those of all who wait, commits once, and only then does anybody get an answer. A fault is rare, so no act pays for
a savepoint: when one raises, nothing of any is kept, and each is done again in a transaction of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Any, Final, Generic, TypeVar, cast

from django.db import connection, transaction

T = TypeVar("T")
MOST: Final = 32
"""Acts in one transaction; more would let the first of them wait too long for the last."""


class NotCommitted(Exception):
    """The transaction was lost, and with it the act; nothing of it was kept."""


class _Act(Generic[T]):
    """One act, and what became of it."""

    __slots__ = ("done", "fault", "result", "turn", "work")

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.turn, self.done = Event(), False
        self.result: T | None = None
        self.fault: BaseException | None = NotCommitted()

    def settled(self) -> T:
        if self.fault is not None:
            raise self.fault
        return cast(T, self.result)


class Together:
    """A queue of acts of one process. ``run`` returns an act's result after the commit that holds it, or raises.

    An act that raises keeps nothing and hinders no other. If the transaction is lost, each act is done again alone, so
    an act may run twice and be kept once. It must not look at thread-local things, such as the language, since another
    thread may do it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[_Act[Any]] = deque()
        self._led = False

    def run(self, work: Callable[[], T]) -> T:
        """Do an act with whatever else is waiting. Must be called outside any transaction."""
        act = _Act(work)
        if not self._leads(act):
            act.turn.wait()
        if not act.done:
            self._lead(act)
        return act.settled()

    def _leads(self, act: _Act[Any]) -> bool:
        with self._lock:
            if self._led:
                self._waiting.append(act)
                return False
            self._led = True
            return True

    def _lead(self, own: _Act[Any]) -> None:
        with self._lock:
            acts = [own, *(self._waiting.popleft() for _ in range(min(len(self._waiting), MOST - 1)))]
        try:
            _do(acts)
        finally:  # Whatever happened, nobody is left waiting, and the next one leads.
            for act in acts:
                act.done = True
                act.turn.set()
            self._pass_on()

    def _pass_on(self) -> None:
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            self._led = following is not None
        if following:
            following.turn.set()


def _do(acts: Sequence[_Act[Any]]) -> None:
    if _committed(acts) or len(acts) == 1:
        return
    for act in acts:
        _committed([act])


def _committed(acts: Sequence[_Act[Any]]) -> bool:
    """Do acts in one transaction and tell whether it was committed; only then is any of them settled."""
    try:
        with transaction.atomic(durable=True):
            _begin()
            results = [_done(act) for act in acts]
    except Exception as lost:
        for act in acts:
            act.fault = lost
        return False
    for act, result in zip(acts, results, strict=True):
        act.result, act.fault = result, None
    return True


def _done(act: _Act[Any]) -> Any:
    """Do one act; one during which the database gave up the transaction, as when the disk is full, is not done."""
    result: Any = None
    fault: Exception | None = None
    try:
        result = act.work()
    except Exception as raised:
        fault = raised
    if not _open():  # What came behind would be kept by itself, and the commit would not notice.
        raise NotCommitted from fault
    if fault is not None:
        raise fault
    return result


def _begin() -> None:
    """Let the driver of PostgreSQL begin the transaction now, and not with the first statement of an act."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def _open() -> bool:
    """Tell whether the database still holds the transaction that was begun, and no error has spoilt it."""
    driver: Any = connection.connection
    if connection.vendor == "sqlite":
        return bool(driver.in_transaction)
    return str(driver.info.transaction_status.name) == "INTRANS"
