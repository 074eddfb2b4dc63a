"""The mapping of columns that an agency confirmed for a set of headings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from chengxin.accounts.models import Agency
from chengxin.catalogue.models import Item
from chengxin.intake.models import ColumnMapping, Submission
from chengxin.rules.layouts import Layout, fold_header


def signature(headings: Iterable[str]) -> str:
    """Return what tells sets of headings apart, whatever their order, width and case: a SHA-256 in hexadecimal."""
    folded = sorted(fold_header(heading) for heading in headings)
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()


def in_force(agency: Agency, item: Item, headings: Sequence[str], layout: Layout) -> dict[str, str] | None:
    """Return field codes by folded heading as confirmed, or None; one made for fields that are gone does not count."""
    return _fields(_versions(agency, item, headings, layout).filter(withdrawn_at=None).first(), layout)


def used(submission: Submission, layout: Layout) -> ColumnMapping | None:
    """Return the version under which a file was read: the one in force when it was sent, whatever came since.

    Versions are never changed and say from when to when they held, so the moment of sending tells which it was.
    """
    at = submission.submitted_at
    versions = _versions(submission.agency, submission.item.item, submission.headings, layout)
    held = versions.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), confirmed_at__lte=at)
    return held.order_by("-version").first()


def columns_of(submission: Submission, layout: Layout) -> list[str]:
    """Return the field code of every column of a file as it was read, "" for a column that was left out."""
    fields = _fields(used(submission, layout), layout)
    if fields is None:
        by_name = layout.match(submission.headings).mapping
        return [by_name.get(heading, "") for heading in submission.headings]
    return [fields.get(fold_header(heading), "") for heading in submission.headings]


def _versions(agency: Agency, item: Item, headings: Sequence[str], layout: Layout) -> QuerySet[ColumnMapping]:
    return ColumnMapping.objects.filter(agency=agency, item=item, signature=signature(headings), layout=layout.code)


def _fields(found: ColumnMapping | None, layout: Layout) -> dict[str, str] | None:
    if found is None or not set(filter(None, found.mapping.values())) <= set(layout.codes):
        return None
    return {fold_header(heading): code for heading, code in found.mapping.items()}
