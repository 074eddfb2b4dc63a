"""What the catalogue desk has put in force on top of the law files, as one immutable thing in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from chengxin.rules.catalogue_changes import LayoutChange, Operation, changed_layout
from chengxin.rules.catalogue_items import ItemDefinition, Publicity
from chengxin.rules.layouts import Layout


@dataclass(frozen=True)
class Overlay:
    """The desk's items in the order in which they started, and its changes of columns; ``revision`` grows with both."""

    revision: int = 0
    items: tuple[ItemDefinition, ...] = ()
    columns: tuple[LayoutChange, ...] = ()
    _laid: dict[tuple[str, str, int, bool], Layout] = field(default_factory=dict, repr=False, compare=False)

    def layout(self, base: Layout, on: date | None) -> Layout:
        """Return a table with the desk's changes in force on a day; without a day retired columns stay readable."""
        wanted = base.code.casefold()
        changes = [c for c in self.columns if c.layout.casefold() == wanted and (on is None or c.since <= on)]
        if not changes:
            return base
        key = (wanted, base.version, len(changes), on is None)
        if key not in self._laid:
            self._laid[key] = changed_layout(base, changes, keep_retired=on is None)
        return self._laid[key]

    def closed(self, on: date) -> frozenset[str]:
        """Return the items whose definition by the desk, in force on a day, keeps them from the public."""
        newest = self._newest(on).items()
        return frozenset(code for code, each in newest if each.publicity is not Publicity.PUBLIC)

    def without_persons(self, on: date) -> frozenset[str]:
        """Return the items whose definition by the desk, in force on a day, cites no law for showing a person."""
        newest = self._newest(on).items()
        return frozenset(code for code, each in newest if each.person_public_basis is None)

    def retired(self, layout: str) -> frozenset[str]:
        """Return the fields of a table whose column the desk has retired; what they hold is no longer published."""
        found: dict[str, bool] = {}
        for each in self.columns:
            if each.layout.casefold() == layout.casefold() and each.operation in (Operation.ADD, Operation.RETIRE):
                found[each.field] = each.operation is Operation.RETIRE
        return frozenset(field for field, retired in found.items() if retired)

    def _newest(self, on: date) -> dict[str, ItemDefinition]:
        return {each.code: each for each in sorted((e for e in self.items if e.since <= on), key=lambda e: e.since)}


_present = Overlay()


def present() -> Overlay:
    """Return the overlay this process knows."""
    return _present


def put(found: Overlay) -> None:
    """Replace the overlay of this process; one assignment, so that no thread ever sees half of it."""
    global _present
    _present = found


def of(revision: int, items: Iterable[ItemDefinition], columns: Iterable[LayoutChange]) -> Overlay:
    """Return an overlay; both come in the order in which they came into force."""
    return Overlay(revision, tuple(items), tuple(sorted(columns, key=lambda each: each.since)))
