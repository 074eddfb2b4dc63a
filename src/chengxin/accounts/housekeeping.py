"""What of the door is kept no longer than it can matter: ended tokens, used assertions, counts of past windows."""

from __future__ import annotations

from datetime import datetime

from chengxin.accounts import access_tokens, assertions, quota


def forget(now: datetime) -> int:
    """Forget all of it and return how many rows there were."""
    return access_tokens.forget(now) + assertions.forget(now) + quota.forget(now)
