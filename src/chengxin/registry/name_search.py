"""Finding organisations by name: the index of their names, kept fresh without anybody having to think of it.

A small installation files its names in memory at the first search. A large one has a file, made by the background
work and shared by all processes; names that came since are filed in memory beside it. Persons are in neither: nothing
here reads their table, and their names are sealed (charter C06, C11).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings

from chengxin.engines.names.columns import Columns, build, load, save, stamp_of
from chengxin.engines.names.searching import search
from chengxin.registry.models import OrganisationName
from chengxin.rules.names_matching import Reason

# Up to so many names are filed within a second or two, so nothing needs to be prepared.
SMALL = 20_000
# Two transactions may commit in another order than they took their numbers in; so far back late ones are looked for.
_LATE = 500
_MOST_PIECES = 8
Last = tuple[int, str]
"""The newest name: its number and whose it is, so that another database, or one put back, is noticed."""


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name of an organisation that may be meant: whose it is, how near (0 to 100) and why, the main reason first.

    It is read from the database, so an organisation that is gone or merged is in no answer.
    """

    name: str
    subject: UUID
    uscc: str
    former: bool
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Shelf:
    """What a process holds: pieces of the index, the last name of the first piece, the last of all, and late ones."""

    pieces: tuple[Columns, ...]
    first: Last | None
    last: Last | None
    recent: frozenset[int] = field(default_factory=frozenset)
    stamp: str = ""


class NameIndex:
    """The index of one installation; safe to use from many threads, of which one does the filing."""

    def __init__(self, folder: Path, small: int = SMALL) -> None:
        self._folder, self._small = folder, small
        self._shelf: _Shelf | None = None
        self._lock = threading.Lock()

    def candidates(self, text: str, limit: int) -> list[tuple[int, int, tuple[Reason, ...]]] | None:
        """Return numbers of name rows with points and reasons; None while there is no index of a large register."""
        shelf = self._fresh()
        if shelf is None:
            return None
        return [(each.ref, each.match.points, each.match.reasons) for each in search(shelf.pieces, text, limit)]

    def warm(self) -> bool:
        """File or map what the first search of this process would wait for; tell whether there is an index at all."""
        return self.candidates("示例", 1) is not None

    def keep(self) -> int:
        """Make or renew the file when too many names stand outside it, and return how many names it then holds."""
        newest = _newest()
        number = newest[0] if newest else 0
        filed = _last_of(stamp_of(self._folder))
        outside = number - filed[0] if filed and _stands(filed) else number
        if outside <= max(self._small, number // 20):
            return 0
        columns = build(_rows(0, number))
        save(columns, self._folder, _stamp(newest))
        return len(columns)

    @property
    def size(self) -> int:
        """Return the bytes of what this process holds or has mapped."""
        return sum(piece.size for piece in self._shelf.pieces) if self._shelf else 0

    def _fresh(self) -> _Shelf | None:
        newest = _newest()
        if self._shelf and self._shelf.last == newest:
            return self._shelf
        with self._lock:
            shelf = self._shelf
            if shelf is None or not _stands(shelf.first) or shelf.stamp != stamp_of(self._folder):
                shelf = self._begun(newest)
            self._shelf = self._grown(shelf, newest) if shelf else None
            return self._shelf

    def _begun(self, newest: Last | None) -> _Shelf | None:
        stamp = stamp_of(self._folder)
        last = _last_of(stamp)
        if last and _stands(last) and (columns := load(self._folder)):
            return _Shelf((columns,), last, last, _recent(last[0]), stamp)
        if _more_than(self._small):
            return None
        number = newest[0] if newest else 0
        return _Shelf((build(_rows(0, number)),), newest, newest, _recent(number), stamp)

    def _grown(self, shelf: _Shelf, newest: Last | None) -> _Shelf:
        """Add the names that came since; many small pieces become one again."""
        if newest is None or shelf.last == newest:
            return shelf
        pieces, since = shelf.pieces, shelf.last[0] if shelf.last else 0
        known = shelf.recent
        if len(pieces) >= _MOST_PIECES:
            pieces, since, known = pieces[:1], shelf.first[0] if shelf.first else 0, frozenset()
        late = since - _LATE if known else since
        new = [(number, name) for number, name in _rows(late, newest[0]) if number not in known]
        pieces = (*pieces, build(new)) if new else pieces
        return _Shelf(pieces, shelf.first, newest, _recent(newest[0]), shelf.stamp)


def find(text: str, limit: int = 50, index: NameIndex | None = None) -> list[NameFound] | None:
    """Return the names of organisations, present or former, that may be meant by a text, best first.

    None tells that a large register has no index yet; the caller then has only the plain search for parts of names.
    """
    found = (index or index_of_installation()).candidates(text, limit)
    if found is None:
        return None
    rows = _named([number for number, _points, _reasons in found])
    return [
        NameFound(row.name, row.subject_id, row.subject.organisation.uscc, row.until is not None, points, reasons)
        for number, points, reasons in found
        if (row := rows.get(number))
    ]


def keep() -> int:
    """Make or renew the file of a large installation when that is due; return how many names it then holds, else 0."""
    return index_of_installation().keep()


def index_of_installation() -> NameIndex:
    """Return the index of this process."""
    return _INDEX


_INDEX = NameIndex(Path(settings.VAR) / "names")


def _named(numbers: Sequence[int]) -> dict[int, OrganisationName]:
    found = OrganisationName.objects.filter(pk__in=numbers, subject__forwarded_to=None)
    return {row.pk: row for row in found.select_related("subject__organisation")}


def _newest() -> Last | None:
    row = OrganisationName.objects.order_by("-pk").values_list("pk", "subject_id").first()
    return (row[0], row[1].hex) if row else None


def _stands(last: Last | None) -> bool:
    """Tell whether the name is still there and still whose it was: the register is the one that was filed."""
    if last is None:
        return False
    return OrganisationName.objects.filter(pk=last[0], subject_id=UUID(hex=last[1])).exists()


def _rows(after: int, until: int) -> Iterable[tuple[int, str]]:
    rows = OrganisationName.objects.filter(pk__gt=after, pk__lte=until).order_by("pk")
    return rows.values_list("pk", "name").iterator(chunk_size=10_000)


def _recent(number: int) -> frozenset[int]:
    rows = OrganisationName.objects.filter(pk__gt=number - _LATE, pk__lte=number)
    return frozenset(rows.values_list("pk", flat=True))


def _more_than(small: int) -> bool:
    return OrganisationName.objects.order_by("pk").values_list("pk")[small : small + 1].exists()


def _stamp(last: Last | None) -> str:
    return f"{last[0]} {last[1]}" if last else ""


def _last_of(stamp: str) -> Last | None:
    number, _, subject = stamp.partition(" ")
    return (int(number), subject) if number.isdigit() and len(subject) == 32 else None
