"""查询码: a random code on paper opens where a case stands; only its keyed hash is kept, and guessing is slow."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.cases.models import Case, FailedLookup, QueryCode
from chengxin.rules.errors import Refusal
from chengxin.vault.services import blind_index

# No I, L, O or U, which people misread; thirteen of these letters hold 65 random bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
TRIES, WINDOW = 10, timedelta(minutes=15)


class NoSuchCode(Refusal):
    """Nobody was given this code, or it was replaced: one answer for both."""

    code = "no_such_query_code"


class TooManyLookups(Refusal):
    """Too many wrong codes from this address."""

    code = "too_many_lookups"


def issue(case: Case, *, officer: User, now: datetime, rng: Random) -> str:
    """Give a case a new code and return it, grouped for reading; the former one stops working.

    ``rng`` must be a cryptographic source; the code itself is nowhere stored.
    """
    code = "".join(rng.choice(ALPHABET) for _ in range(LENGTH))
    with transaction.atomic():
        QueryCode.objects.filter(case=case, replaced_at=None).update(replaced_at=now)
        QueryCode.objects.create(case=case, code_index=_index(code), issued_by=officer, issued_at=now)
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def find(code: str, address: str, now: datetime) -> Case:
    """Return the case of a code typed at an address; raises NoSuchCode or TooManyLookups."""
    index = blind_index("query_code_address", address)
    if FailedLookup.objects.filter(address_index=index, at__gt=now - WINDOW).count() >= TRIES:
        raise TooManyLookups(
            "尝试次数过多，请在十五分钟后再试。", "Too many tries from here. Wait fifteen minutes and try again."
        )
    found = QueryCode.objects.filter(code_index=_index(plain(code)), replaced_at=None)
    issued = found.select_related("case__respondent").first()
    if issued is None:
        FailedLookup.objects.create(address_index=index, at=now)
        raise NoSuchCode(
            "没有这个查询码。请对照回执逐字核对；回执遗失的，可到窗口重新打印。",
            "There is no such code. Check it against your paper; if you lost the paper, a counter can print a new one.",
        )
    return issued.case


def plain(code: str) -> str:
    """Return a code as it was issued, whatever spaces, dashes, small or misread letters it was typed with."""
    letters = unicodedata.normalize("NFKC", code).upper().translate(MISREAD)
    return "".join(letter for letter in letters if letter in ALPHABET)


def _index(code: str) -> str:
    return blind_index("query_code", code)
