"""Reading the catalogue: what an item means on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chengxin.catalogue.models import DESK, Item, ItemVersion
from chengxin.rules.catalogue_items import ItemDefinition, read_item
from chengxin.rules.errors import Refusal
from chengxin.rules.lawreader import Entry


class NoItemInForce(Refusal):
    """Outside the catalogue there is no public-credit information."""

    code = "no_item_in_force"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One line of the printed catalogue."""

    code: str
    name_zh: str
    name_en: str
    national_class: int
    nature: str
    subject_kinds: tuple[str, ...]
    publicity: str
    person_public_basis: str
    basis: tuple[str, ...]
    source: str
    sharing: str
    update: str
    periods: str
    opt_in: bool
    needs_consent: bool
    verified: bool
    in_force_from: date
    in_force_until: date | None


def version_in_force(code: str, on: date) -> ItemVersion:
    """Return the version of an item in force on a day; raises NoItemInForce."""
    found = _newest(ItemVersion.objects.filter(item__code=code, in_force_from__lte=on).select_related("item"))
    for version in found:
        if version.in_force_until is None or on <= version.in_force_until:
            return version
    raise NoItemInForce(
        f"所填目录项在 {on.isoformat()} 没有生效的版本，不能作为公共信用信息。请核对代码，或先完成目录编制程序。",
        f"This catalogue item has no version in force on {on.isoformat()}, so this is no public-credit information. "
        "Check the item code, or have the item adopted first.",
        on=on.isoformat(),
    )


def definition_of(version: ItemVersion) -> ItemDefinition:
    """Return the definition that a version keeps."""
    data = {key: value for key, value in version.definition.items() if value is not None and key != "scope"}
    days = {key: date.fromisoformat(data[key]) for key in ("since", "until") if key in data}
    return read_item(Entry(data | days, version.item.code), version.definition["scope"])


def items(on: date) -> list[ItemVersion]:
    """Return the versions in force on a day, by code."""
    started = ItemVersion.objects.filter(in_force_from__lte=on).select_related("item")
    return [each for each in _newest(started) if each.in_force_until is None or on <= each.in_force_until]


def all_codes() -> list[str]:
    """Return the code of every item there has ever been."""
    return list(Item.objects.order_by("code").values_list("code", flat=True))


def catalogue_rows(on: date) -> list[CatalogueRow]:
    """Return the catalogue of a day as lines for a page or a document."""
    return [_row(version) for version in items(on)]


def _newest(versions: Iterable[ItemVersion]) -> list[ItemVersion]:
    """Keep per item the version that started last; of several with the same start, the one loaded last (a correction).

    What the desk put in force from the same day goes before the law files, however late those are loaded again.
    Only then is its end looked at: a correction that shortens an item must not bring the corrected version back.
    """
    best: dict[str, ItemVersion] = {}
    for version in sorted(versions, key=lambda each: (each.in_force_from, each.origin == DESK, each.version)):
        best[version.item.code] = version
    return [best[code] for code in sorted(best)]


def _row(version: ItemVersion) -> CatalogueRow:
    definition = version.definition
    return CatalogueRow(
        code=version.item.code,
        name_zh=version.name_zh,
        name_en=version.name_en,
        national_class=version.national_class,
        nature=version.nature,
        subject_kinds=tuple(version.subject_kinds),
        publicity=version.publicity,
        person_public_basis=version.person_public_basis,
        basis=tuple(f"《{each['instrument']}》{each['article']}" for each in definition["basis"]),
        source=definition["source"],
        sharing=definition["sharing"],
        update=definition["update"],
        periods=definition["periods"],
        opt_in=version.opt_in,
        needs_consent=version.needs_consent,
        verified=version.verified,
        in_force_from=version.in_force_from,
        in_force_until=version.in_force_until,
    )
