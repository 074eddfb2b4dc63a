"""同一决定只入库一次: a decision that stands under another item of the same table is not stored a second time.

Two files that bring one decision under two items at the same moment do not see each other's rows yet. Where several
processes write at once they take turns: files of one item go on beside each other, those of its siblings wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from django.db import connection

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.intake import reasons
from chengxin.intake.models import Submission
from chengxin.intake.reasons import Stored
from chengxin.registry import bulk
from chengxin.registry.drafts import Fact, sameness_of
from chengxin.rules.layouts import Role
from chengxin.rules.validation.shapes import Shape

_TURNS = 0x43584553
"""Sets these locks apart from others of the database."""


def in_turn(submission: Submission) -> None:
    """Keep out whoever admits under a sibling item until the caller's transaction ends.

    To be asked before anything else is locked. A file that is being admitted is seen by those of its siblings that come
    after it, and of two such files both take the lock alone; one row admitted by hand always does. On a database with
    one writer the transaction itself is the turn.
    """
    siblings = _siblings(submission.item) if connection.vendor == "postgresql" else {}
    if not siblings:
        return
    begun = Submission.State.VALIDATED
    alone = submission.state != begun or Submission.objects.filter(item__item__code__in=siblings, state=begun).exists()
    kind = "" if alone else "_shared"
    with connection.cursor() as cursor:
        # The number is taken as the signed one that the database knows.
        layout = crc32(submission.item.definition["layout"].encode()) - 2**31
        cursor.execute(f"SELECT pg_advisory_xact_lock{kind}(%s, %s)", [_TURNS, layout])


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
    table = item.definition["layout"]
    others = (each for each in lawbook.items() if each.layout == table and each.code != item.item.code)
    return {each.code: Shape(each.zh, each.en) for each in others}
