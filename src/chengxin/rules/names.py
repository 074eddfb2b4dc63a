"""Names of organisations and persons: when two spellings are the same name, and how surely."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum

from chengxin.rules.text import compact, fold_han, normalise

_DOTS = re.compile("[·•・‧∙⋅⸱･●﹒]")
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
# A full stop between Han characters is a typist's middle dot (阿依古丽.买买提); between Latin letters it is an initial.
_TYPED_DOT = re.compile(f"(?<=[{_HAN}])\\s*[.．。]\\s*(?=[{_HAN}])")
_AROUND_DOT = re.compile(r"\s*·\s*")
_BESIDE_HAN = re.compile(f"(?<=[{_HAN}])\\s+|\\s+(?=[{_HAN}])")
_DASH = re.compile("[‐‑‒–—―−－﹣]")
_ORGANISATION_BRACKETS = str.maketrans("[]【】〔〕〈〉《》", "（）（）（）（）（）")


class NameAgreement(Enum):
    """How the name a sender declares relates to the names we know, best first."""

    SAME = "same"
    SAME_AFTER_NORMALISING = "same_after_normalising"
    FORMER = "former"
    DIFFERENT = "different"

    @property
    def agrees(self) -> bool:
        """Tell whether the declared name is a name of this subject, now or formerly."""
        return self is not NameAgreement.DIFFERENT


def organisation_key(text: str) -> str:
    """Return an organisation's name for comparing: no blanks, one kind of bracket, dot and dash, capitals, plain Han.

    Suffixes such as 有限公司 and the place in brackets stay: they are part of the registered name.
    """
    bracketed = compact(text).translate(_ORGANISATION_BRACKETS)
    return fold_han(_DASH.sub("-", _DOTS.sub("·", bracketed))).upper()


def person_key(text: str) -> str:
    """Return a person's name for comparing: blanks beside Han gone, one kind of middle dot, capitals, plain Han.

    Latin names keep one blank between words, so that initials and surnames do not run together.
    """
    dotted = _TYPED_DOT.sub("·", _DOTS.sub("·", normalise(text)))
    return fold_han(_BESIDE_HAN.sub("", _AROUND_DOT.sub("·", dotted))).upper()


def agreement(
    declared: str, known: str, former: Iterable[str] = (), *, key: Callable[[str], str] = organisation_key
) -> NameAgreement:
    """Grade a declared name against the current and former names; ``key=person_key`` for persons.

    A blank or masked name (张**) agrees with nothing.
    """
    ours = key(declared)
    if not ours or "*" in ours:
        return NameAgreement.DIFFERENT
    if declared == known:
        return NameAgreement.SAME
    if ours == key(known):
        return NameAgreement.SAME_AFTER_NORMALISING
    return NameAgreement.FORMER if ours in map(key, former) else NameAgreement.DIFFERENT
