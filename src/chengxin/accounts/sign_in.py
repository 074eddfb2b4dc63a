"""Signing in with a name and a password, slowly for those who guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate

from chengxin.accounts.models import FailedSignIn, User
from chengxin.rules.errors import Refusal
from chengxin.vault.services import blind_index

TRIES, WINDOW = 5, timedelta(minutes=15)


class SignInRefused(Refusal):
    """The name or the password is wrong; which of the two is never said."""

    code = "sign_in_refused"


class TooManyTries(Refusal):
    """Too many failures for this name from this address; the same name from elsewhere is not affected."""

    code = "too_many_tries"


def sign_in(name: str, password: str, address: str, now: datetime) -> User:
    """Return the user, or raise :class:`SignInRefused` or :class:`TooManyTries`."""
    index = blind_index("sign_in", name.strip().lower())
    _check_tries(index, address, now)
    user = authenticate(username=name.strip(), password=password)
    if isinstance(user, User):
        return user
    FailedSignIn.objects.create(name_index=index, address=address, at=now)
    raise SignInRefused(
        "用户名或密码不正确，请重试。忘记密码请联系本单位管理员。",
        "The name or the password is not right. If you forgot it, ask your unit's administrator.",
    )


def _check_tries(index: str, address: str, now: datetime) -> None:
    recent = FailedSignIn.objects.filter(name_index=index, address=address, at__gt=now - WINDOW)
    if recent.count() >= TRIES:
        raise TooManyTries(
            "尝试次数过多，请在十五分钟后再试。", "Too many tries from here. Wait fifteen minutes and try again."
        )
