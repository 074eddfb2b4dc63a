"""查询本人: somebody asked by way of office for their own file, or for that of a unit they represent.

The gate refuses such a read (charter C25); that it was tried is still worth a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from chengxin.rules.misuse.shapes import Fact, Finding, Look, Weight

OWN = frozenset({"self", "representative"})
Ties = Mapping[tuple[UUID, UUID], str]
"""How an actor stands to a subject, by (actor, subject); pairs that are not tied are not in it."""

SURE = Weight(
    90,
    "本人身份由本人绑定的账号确认，没有推测；业务上没有以职务身份查询本人的理由。",
    "The tie was confirmed by the person's own account, nothing is guessed; no business asks for one's own file.",
)
TRIED = Weight(
    40,
    "平台当场拒绝，没有看到任何内容；可能是误操作。",
    "The platform refused at once and nothing was seen; it may have been a slip.",
)


def find(looks: Iterable[Look], ties: Ties) -> list[Finding]:
    """Return one finding for each actor, subject and day."""
    found: dict[str, list[Look]] = {}
    for look in looks:
        if look.subject and not look.machine and ties.get((look.actor, look.subject)) in OWN:
            found.setdefault(f"self|{look.actor}|{look.subject}|{look.day}", []).append(look)
    return [_finding(key, same) for key, same in sorted(found.items())]


def _finding(key: str, looks: list[Look]) -> Finding:
    first, refused = looks[0], sum(look.refused for look in looks)
    answered = len(looks) - refused
    return Finding(
        rule="self",
        key=key,
        actor=first.actor,
        unit=first.unit,
        subject=first.subject,
        day=first.day,
        accesses=tuple(look.access for look in looks),
        zh=f"以职务身份查询本人或者本人代表的单位 {len(looks)} 次，其中 {refused} 次被平台拒绝。",
        en=f"Asked by way of office for their own file or that of a unit they represent, {len(looks)} times; "
        f"{refused} of them were refused.",
        facts=(
            Fact("查询次数", "Reads", str(len(looks))),
            Fact("其中被拒绝", "Refused among them", str(refused)),
        ),
        weight=SURE if answered else TRIED,
    )
