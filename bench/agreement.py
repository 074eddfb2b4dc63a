"""When two validators say the same: the rule every figure of ``validate`` stands on."""

from __future__ import annotations

# One error: the row counted from 1, our code of the rule, the column.
Told = tuple[int, str, str]
CODES = frozenset(
    {
        *("cell.required", "text.too_long", "choice.unknown", "date.unreadable", "amount.unreadable"),
        *("uscc.on_person", "uscc.wrong", "person.number_wrong"),
        *("date.future", "date.too_old", "date.order", "fine.amount", "file.duplicate"),
    }
)
"""The rules that both check."""


def agree(ours: list[Told], theirs: list[Told]) -> str:
    """Say that both tell the same of every rule both check and name the same bad rows; raises SystemExit if not."""
    shared = [each for each in ours if each[1] in CODES]
    odd = sorted(set(shared) ^ set(theirs))
    if odd or shared != theirs or {row for row, *_ in ours} != {row for row, *_ in theirs}:
        raise SystemExit(f"Ours and the peer tell different errors, the figures would mean nothing: {odd[:10]}")
    codes = len({code for _, code, _ in shared})
    return (
        f"errors equal in row, code and column: {len(shared)} in {codes} codes, {len({r for r, *_ in ours})} bad rows"
    )
