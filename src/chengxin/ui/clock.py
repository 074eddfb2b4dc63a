"""The wall clock that doors read and hand down; rooms below never look at a clock themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

_shown: ContextVar[date | None] = ContextVar("chengxin_day_shown", default=None)


def now() -> datetime:
    """Return the present moment, aware, in the platform's time zone."""
    return timezone.localtime(timezone.now() + _shift())


def today() -> date:
    """Return the civil date in Asia/Shanghai, the date every legal period is counted in."""
    return now().date()


def _shift() -> timedelta:
    day = _shown.get() or _demonstration_day()
    return (day - timezone.localdate()) if day else timedelta()


def _demonstration_day() -> date | None:
    """Return the day a demonstration plays on; outside demonstrations the clock cannot be moved by a setting."""
    return date.fromisoformat(settings.DEMO_DAY) if settings.DEMO_DAY else None


@contextmanager
def moved_to(day: date) -> Iterator[None]:
    """Let the doors see another day, so that a demonstration can show a period ending without any job running."""
    token = _shown.set(day)
    try:
        yield
    finally:
        _shown.reset(token)
