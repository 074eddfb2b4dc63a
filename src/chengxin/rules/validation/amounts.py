"""The commonest error in amount columns: a figure in 元 where the column is in 万元."""

from __future__ import annotations

import re
from collections.abc import Collection

FEN_PER_WAN = 1_000_000
FEN_PER_YUAN = 100
# Below one hundred, a figure and the same figure in 元 cannot be told apart with any confidence.
LEAST_WAN = 100


# The kinds of penalty that may be decided on the spot.
_WARNING, _FINE = "警告", "罚款"
SPOT = frozenset({_WARNING, _FINE})


def within_simple(categories: Collection[str], fine_fen: int | None, highest_yuan: int) -> bool:
    """Tell whether a penalty is no more than the simple procedure allows: warnings and small fines only.

    A fine whose amount is missing is not called small, and a warning with an amount beside it is not called a warning.
    Source: 行政处罚法 51. Which procedure was really used, the row does not say.
    """
    if not categories or not SPOT.issuperset(categories):
        return False
    fen = fine_fen or 0
    return 0 < fen <= highest_yuan * FEN_PER_YUAN if _FINE in categories else not fen


def looks_like_yuan(fen: int, content: str, suspect_wan: int) -> bool:
    """Tell whether an amount read as 万元 was probably meant as 元.

    Either it reaches the amount from which the law's figures make it implausible, or the text of the decision
    writes the same digits followed by 元 instead of 万元.
    """
    wan, rest = divmod(fen, FEN_PER_WAN)
    if wan >= suspect_wan:
        return True
    return not rest and wan >= LEAST_WAN and _says_yuan(content, wan)


def _says_yuan(content: str, figure: int) -> bool:
    plain = content.replace(",", "").replace("，", "")
    # Digits before the figure would make it the tail of another amount.
    return re.search(rf"(?<![0-9.]){figure}(?:\.00?)?元", plain) is not None
