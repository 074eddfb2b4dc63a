"""The wall clock that doors read and hand down; rooms below never look at a clock themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.utils import timezone

_shift: ContextVar[timedelta] = ContextVar("chengxin_clock_shift", default=timedelta())


def now() -> datetime:
    """Return the present moment, aware, in the platform's time zone."""
    return timezone.localtime(timezone.now() + _shift.get())


def today() -> date:
    """Return the civil date in Asia/Shanghai, the date every legal period is counted in."""
    return now().date()


@contextmanager
def moved_to(day: date) -> Iterator[None]:
    """Let the doors see another day, so that a demonstration can show a period ending without any job running."""
    token = _shift.set(timedelta(days=(day - timezone.localdate()).days))
    try:
        yield
    finally:
        _shift.reset(token)
