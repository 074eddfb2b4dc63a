"""Loading the catalogue from the law files into versions that are never edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import transaction

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import LAW, Item, ItemVersion
from chengxin.rules.catalogue_items import ItemDefinition, check_lawful
from chengxin.rules.errors import Refusal
from chengxin.rules.own_columns import COLUMNS, as_data


class CatalogueOverlap(Refusal):
    """Two definitions of one item hold on the same day."""

    code = "catalogue_overlap"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loading did: items and versions there are now, and how many versions it added."""

    items: int
    versions: int
    added: int


@transaction.atomic
def load_law(now: datetime, definitions: Iterable[ItemDefinition] | None = None) -> Loaded:
    """Load every catalogue item of the law files; loading twice changes nothing.

    A changed definition becomes a new version, an old version is never edited; what the catalogue desk has put in
    force is left alone. Refuses the whole load when an item has
    no basis, names prohibited content, or collects consent-bound content without consent (charter C01-C03).
    """
    wanted = list(lawbook.library().items if definitions is None else definitions)
    for definition in wanted:
        check_lawful(definition, lawbook.prohibited())
    _check_overlaps(wanted)
    ordered = sorted(wanted, key=lambda each: (each.code, each.since))
    added = sum(_load(definition, now) for definition in ordered)
    return Loaded(Item.objects.count(), ItemVersion.objects.count(), added)


def _check_overlaps(definitions: list[ItemDefinition]) -> None:
    by_code: dict[str, list[ItemDefinition]] = defaultdict(list)
    for definition in definitions:
        by_code[definition.code].append(definition)
    for code, group in by_code.items():
        group.sort(key=lambda each: each.since)
        for one, two in pairwise(group):
            if one.until is None or two.since <= one.until:
                raise CatalogueOverlap(
                    f"目录项 {code} 有两个定义在 {two.since.isoformat()} 同时生效。请给前一个加上 until。",
                    f"Catalogue item {code} has two definitions on {two.since.isoformat()}. End the earlier one.",
                    item=code,
                )


def _load(definition: ItemDefinition, now: datetime) -> bool:
    """Add a version unless the newest one that starts on the same day says exactly the same."""
    item, _ = Item.objects.get_or_create(code=definition.code)
    content = as_json(definition)
    versions = ItemVersion.objects.filter(item=item)
    same_start = versions.filter(in_force_from=definition.since, origin=LAW).order_by("-version").first()
    if same_start is not None and same_start.definition == content:
        return False
    add_version(definition, now, LAW)
    return True


def add_version(definition: ItemDefinition, now: datetime, origin: str) -> ItemVersion:
    """Add the next version of an item, from the law files or from the catalogue desk."""
    item, _ = Item.objects.get_or_create(code=definition.code)
    newest = ItemVersion.objects.filter(item=item).order_by("-version").first()
    return ItemVersion.objects.create(
        item=item,
        version=newest.version + 1 if newest else 1,
        loaded_at=now,
        definition=as_json(definition),
        origin=origin,
        **_columns(definition),
    )


def _columns(definition: ItemDefinition) -> dict[str, Any]:
    first = definition.basis[0]
    return {
        "name_zh": definition.zh,
        "name_en": definition.en,
        "national_class": definition.national_class,
        "nature": definition.nature.value,
        "subject_kinds": list(definition.subject_kinds),
        "layout": definition.table,
        "publicity": definition.publicity.value,
        "person_public_basis": str(definition.person_public_basis or ""),
        "basis_instrument": first.instrument,
        "basis_article": first.article,
        "opt_in": definition.opt_in,
        "needs_consent": definition.needs_consent,
        "in_force_from": definition.since,
        "in_force_until": definition.until,
        "verified": definition.verified,
    }


def as_json(definition: ItemDefinition) -> dict[str, Any]:
    """Return a definition as plain JSON data, the form in which versions keep and compare it."""
    plain = _plain(asdict(replace(definition, columns=())))
    if not isinstance(plain, dict):
        raise TypeError("a definition is a mapping")
    # Versions kept before items could have columns say nothing of them, and are still the same.
    del plain[COLUMNS]
    return plain | ({COLUMNS: [as_data(each) for each in definition.columns]} if definition.columns else {})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if hasattr(value, "value") else value
