"""推导: why a record ends on its day, kept once for all records that end for the same reasons."""

from __future__ import annotations

from collections.abc import Iterable

from chengxin.registry.drafts import Assessed
from chengxin.registry.models import Derivation


def keep(assessments: Iterable[Assessed]) -> None:
    """Keep the derivations of some assessments, in the caller's transaction; what is kept already stays as it is."""
    by_key = {assessed.derived_by: assessed.derivation for assessed in assessments}
    known = set(Derivation.objects.filter(key__in=by_key).values_list("key", flat=True))
    fresh = [Derivation(key=key, steps=steps) for key, steps in by_key.items() if key not in known]
    # Two files may bring the same new derivation in one moment; either may keep it.
    Derivation.objects.bulk_create(fresh, ignore_conflicts=True)
