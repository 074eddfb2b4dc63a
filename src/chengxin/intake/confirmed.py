"""The mapping of columns that an agency confirmed for a set of headings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from chengxin.accounts.models import Agency
from chengxin.catalogue.models import Item
from chengxin.intake.models import ColumnMapping, Submission
from chengxin.rules import supplies
from chengxin.rules.layouts import Field, Layout, fold_header
from chengxin.rules.supplies import Offer

MENDED = "grid"
"""The kind of a submission whose rows were put right in the browser."""


def signature(headings: Iterable[str]) -> str:
    """Return what tells sets of headings apart, whatever their order, width and case: a SHA-256 in hexadecimal."""
    folded = sorted(fold_header(heading) for heading in headings)
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Read:
    """How a file is read: field codes by folded heading, "" for a column left out, and ways by field of no column."""

    fields: Mapping[str, str]
    supplied: Mapping[str, str]


def in_force(
    agency: Agency, item: Item, headings: Sequence[str], layout: Layout, *, mended: bool = False
) -> Read | None:
    """Return how the agency wants these headings read, or None; a mapping for fields that are gone does not count.

    Rows that were ``mended`` may have further columns behind those of their file, under the names of the layout.
    """
    versions = _versions(agency, item, headings, layout, mended).filter(withdrawn_at=None)
    read = _read(_longest(versions), headings, layout)
    return read if read and _settles(read, headings, layout) else None


def used(submission: Submission, layout: Layout) -> ColumnMapping | None:
    """Return the version under which a file was read: the one in force when it was sent, whatever came since.

    Versions are never changed and say from when to when they held, so the moment of sending tells which it was.
    """
    at, mended = submission.submitted_at, submission.kind == MENDED
    versions = _versions(submission.agency, submission.item.item, submission.headings, layout, mended)
    held = versions.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), confirmed_at__lte=at)
    return _longest(held.order_by("-version"))


def columns_of(submission: Submission, layout: Layout) -> list[str]:
    """Return the field code of every column of a file as it was read, "" for a column that was left out."""
    read = _read(used(submission, layout), submission.headings, layout)
    if read is None:
        by_name = layout.match(submission.headings).mapping
        return [by_name.get(heading, "") for heading in submission.headings]
    return [read.fields.get(fold_header(heading), "") for heading in submission.headings]


def supplied_to(submission: Submission, layout: Layout) -> list[tuple[Field, Offer]]:
    """Return the fields of a file that no column filled, each with the confirmed way that did."""
    read = _read(used(submission, layout), submission.headings, layout)
    return list(supplies.told(layout, read.supplied)) if read else []


def _settles(read: Read, headings: Sequence[str], layout: Layout) -> bool:
    """Tell whether a mapping says by which codes columns are read that an older notice read otherwise."""
    claimed = set(filter(None, read.fields.values()))
    found = (gap for gap in supplies.gaps(layout, claimed, headings) if gap.field in claimed)
    return all(gap.field in read.supplied for gap in found)


def _versions(
    agency: Agency, item: Item, headings: Sequence[str], layout: Layout, mended: bool
) -> QuerySet[ColumnMapping]:
    signs = [signature(headings[:width]) for width in _widths(headings, layout, mended)]
    return ColumnMapping.objects.filter(agency=agency, item=item, signature__in=signs, layout=layout.code)


def _widths(headings: Sequence[str], layout: Layout, mended: bool) -> list[int]:
    """Return how many of the headings may be those of the file itself: all, or all but the last that have a name."""
    widths = [len(headings)]
    while mended and widths[-1] and _field(headings[widths[-1] - 1], layout):
        widths.append(widths[-1] - 1)
    return widths


def _longest(versions: QuerySet[ColumnMapping]) -> ColumnMapping | None:
    return max(versions, key=lambda version: len(version.headings), default=None)


def _read(found: ColumnMapping | None, headings: Sequence[str], layout: Layout) -> Read | None:
    if found is None or not {*filter(None, found.mapping.values()), *found.supplied} <= set(layout.codes):
        return None
    added = {fold_header(heading): _field(heading, layout) for heading in headings[len(found.headings) :]}
    fields = added | {fold_header(heading): code for heading, code in found.mapping.items()}
    filled = set(added.values())
    return Read(fields, {code: way for code, way in found.supplied.items() if code not in filled})


def _field(heading: str, layout: Layout) -> str:
    known = layout.named(heading)
    return known.field if known else ""
