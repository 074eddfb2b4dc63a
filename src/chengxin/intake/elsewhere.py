"""同一决定只入库一次: a decision that stands under another item of the same table is not stored a second time."""

from __future__ import annotations

from collections.abc import Sequence

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.intake import reasons
from chengxin.intake.reasons import Stored
from chengxin.registry import bulk
from chengxin.registry.drafts import Fact, sameness_of
from chengxin.rules.layouts import Role
from chengxin.rules.validation.shapes import Shape


def judged(item: ItemVersion, facts: Sequence[Fact]) -> list[Stored | None]:
    """Return for each fact of an item why it goes back, or None; where there is a sibling this asks once about it."""
    found: list[Stored | None] = [None] * len(facts)
    for code, name in _siblings(item).items():
        for at in _only_there(item, facts, bulk.standing_under(code, facts)):
            found[at] = reasons.stored("record.other_item", shape=name)
    return found


def _only_there(item: ItemVersion, facts: Sequence[Fact], met: Sequence[int]) -> list[int]:
    """Leave out facts whose own record stands too; those are told the difference to that one."""
    own = sameness_of((item.item.code, *facts[at]) for at in met)
    stands = bulk.standing_at(own) if own else {}
    return [at for at, key in zip(met, own, strict=True) if key not in stands]


def _siblings(item: ItemVersion) -> dict[str, Shape]:
    """Return the other items under which the same decision could be filed, by code, with their names.

    Only in the table of a public body's decisions is one row one document; in others a document may say many things.
    """
    authority = lawbook.layout(item.layout).role(Role.AUTHORITY_CODE)
    if authority is None or not authority.public_body:
        return {}
    others = (each for each in lawbook.items() if each.layout == item.layout and each.code != item.item.code)
    return {each.code: Shape(each.zh, each.en) for each in others}
