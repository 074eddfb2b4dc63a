"""How often a caller may ask: one count for all processes, drawn in small shares so that most requests cost nothing.

A process draws a share of the window from the database and spends it from memory. The shares of all processes together
never exceed the limit. A process that ends with part of its share unspent leaves that part unused, so a caller may be
held up a little early, never late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from chengxin.accounts.models import RateWindow
from chengxin.rules.errors import Refusal
from chengxin.vault.services import blind_index

SECONDS = 60
SHARES = 50  # Into how many shares a window's limit is cut.
MOST_REMEMBERED = 10_000  # Callers a process remembers before it forgets those of past windows.


@dataclass(frozen=True, slots=True)
class Left:
    """What a caller may still do: requests of its limit left as far as this process knows, and seconds to the reset."""

    limit: int
    remaining: int
    reset: int


class OverQuota(Refusal):
    """The caller asked more often than its limit allows; ``left.reset`` seconds later it may again."""

    code = "over_quota"

    def __init__(self, left: Left) -> None:
        super().__init__(
            f"请求过于频繁：每分钟最多 {left.limit} 次。请在 {left.reset} 秒后重试。",
            f"Too many requests: at most {left.limit} a minute. Try again after {left.reset} seconds.",
        )
        self.left = left


@dataclass(slots=True)
class _Share:
    window: int
    unspent: int = 0
    remaining: int = 0
    exhausted: bool = False


_shares: dict[str, _Share] = {}
_lock = Lock()


def draw(caller: str, limit: int, now: datetime) -> Left:
    """Count one request of a caller and return what is left; raises OverQuota. Call it outside a transaction."""
    window, reset = divmod(int(now.timestamp()), SECONDS)
    reset = SECONDS - reset
    with _lock:
        share = _share_of(caller, window)
        if share.unspent == 0 and not share.exhausted:
            _draw_share(caller, share, limit)
        if share.unspent == 0:
            raise OverQuota(Left(limit, 0, reset))
        share.unspent -= 1
        return Left(limit, share.remaining + share.unspent, reset)


def caller_at(address: str) -> str:
    """Return the name under which requests from an address are counted; the address itself is kept nowhere."""
    return blind_index("rate_address", address)


def forget(now: datetime) -> int:
    """Forget the counts of windows that are over; return how many there were."""
    return RateWindow.objects.filter(window__lt=int(now.timestamp()) // SECONDS - 1).delete()[0]


def _share_of(caller: str, window: int) -> _Share:
    found = _shares.get(caller)
    if found is None or found.window != window:
        if len(_shares) >= MOST_REMEMBERED:
            _forget_past(window)
        found = _shares[caller] = _Share(window)
    return found


def _forget_past(window: int) -> None:
    for caller in [caller for caller, share in _shares.items() if share.window < window]:
        del _shares[caller]


def _draw_share(caller: str, share: _Share, limit: int) -> None:
    """Fill a share from the database, a whole one or what is left; none left exhausts it for the window."""
    wanted = max(1, limit // SHARES)
    _open_window(caller, share.window)
    row = RateWindow.objects.filter(caller=caller, window=share.window)
    while wanted:
        if row.filter(drawn__lte=limit - wanted).update(drawn=F("drawn") + wanted) if wanted <= limit else 0:
            drawn = row.values_list("drawn", flat=True).first() or limit
            share.unspent, share.remaining = wanted, max(0, limit - drawn)
            return
        wanted //= 2
    share.exhausted = True


def _open_window(caller: str, window: int) -> None:
    """Let the caller's row stand for this window, whoever comes first.

    Another process may be one window ahead; a row further ahead is of a clock that has been put back since.
    """
    other = Q(window__lt=window) | Q(window__gt=window + 1)
    if RateWindow.objects.filter(other, caller=caller).update(window=window, drawn=0):
        return
    if not RateWindow.objects.filter(caller=caller).exists():
        try:
            with transaction.atomic():
                RateWindow.objects.create(caller=caller, window=window, drawn=0)
        except IntegrityError:  # Another process came first; its row serves as well.
            return
