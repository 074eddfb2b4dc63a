"""补列: what stands in for columns a file does not have, as a person sees and chooses it on the mapping page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from chengxin.catalogue import lawbook
from chengxin.console.intake import shown
from chengxin.intake import mappings
from chengxin.rules import supplies
from chengxin.ui import clock

# What a select holds until a person has chosen, and where a field is left blank on purpose.
UNDECIDED, BLANK = "?", "-"


def lines(kept: Any, fields: list[str], posted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one line for each field that no column fills, with what was posted, confirmed before, or proposed."""
    today, english = clock.today(), shown.english()
    before = mappings.supplied_before(kept, today)
    layout = lawbook.layout(mappings.layout_code(kept, today), today)
    return [
        _line(gap, layout.get(gap.field), _choice(gap, before, posted), english)
        for gap in mappings.gaps_of(kept, fields, today)
    ]


def chosen(gaps: list[dict[str, Any]]) -> dict[str, str]:
    """Return the ways that were chosen, by field."""
    return {gap["field"]: gap["choice"] for gap in gaps if gap["choice"] not in (UNDECIDED, BLANK)}


def undecided(gaps: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return an error for each field that is needed and about which nothing was chosen."""
    return [
        {"text": _("请说明“%(field)s”由什么补上。") % {"field": gap["text"]}, "href": f"#id_{gap['name']}"}
        for gap in gaps
        if gap["choice"] == UNDECIDED
    ]


def words(mapping: Any) -> list[str]:
    """Return what a version fills, one sentence a field."""
    told = supplies.told(lawbook.layout(mapping.layout, clock.today()), mapping.supplied)
    if shown.english():
        return [f"{field.en}: {offer.en}" for field, offer in told]
    return [f"{field.zh}：{offer.zh}" for field, offer in told]


def _choice(gap: supplies.Gap, before: Mapping[str, str], posted: Mapping[str, str]) -> str:
    """What was proposed is only taken from a page on which a person saw it."""
    nothing = UNDECIDED if gap.must else BLANK
    if posted:
        return posted.get(f"fill_{gap.field}", nothing)
    return before.get(gap.field) or gap.proposed or nothing


def _line(gap: supplies.Gap, field: Any, choice: str, english: bool) -> dict[str, Any]:
    offers = [{"value": offer.way, "text": offer.en if english else offer.zh} for offer in gap.offers]
    first = {"value": UNDECIDED, "text": _("请选择…")} if gap.must else {"value": BLANK, "text": _("留空")}
    name = field.en if english else field.zh
    return {
        "field": gap.field,
        "name": f"fill_{gap.field}",
        "text": name,
        "code": gap.field,
        "label": _("“%(field)s”由什么补上") % {"field": name},
        "options": [option | {"selected": option["value"] == choice} for option in (first, *offers)],
        "choice": choice,
        "reason": gap.en if english else gap.zh,
    }
