"""The mapping of columns that an agency confirmed for a set of headings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from chengxin.accounts.models import Agency
from chengxin.catalogue.models import Item
from chengxin.intake.models import ColumnMapping
from chengxin.rules.layouts import Layout, fold_header


def signature(headings: Iterable[str]) -> str:
    """Return what tells sets of headings apart, whatever their order, width and case: a SHA-256 in hexadecimal."""
    folded = sorted(fold_header(heading) for heading in headings)
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()


def in_force(agency: Agency, item: Item, headings: Sequence[str], layout: Layout) -> dict[str, str] | None:
    """Return field codes by folded heading as confirmed, or None; one made for fields that are gone does not count."""
    found = ColumnMapping.objects.filter(
        agency=agency, item=item, signature=signature(headings), withdrawn_at=None, layout=layout.code
    ).first()
    if found is None or not set(filter(None, found.mapping.values())) <= set(layout.codes):
        return None
    return {fold_header(heading): code for heading, code in found.mapping.items()}
