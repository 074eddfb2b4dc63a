"""The trends as the pages show them: small pictures of one size side by side, and their figures as one table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chengxin.console.quality.pages import columns, share
from chengxin.intake.quality import plots, trends
from chengxin.intake.quality.trends import Measure, Points
from chengxin.rules.appraisal import Scheme

NAMES: dict[Measure, Any] = {
    Measure.STORED: lazy("有效入库率"),
    Measure.COMPLETE: lazy("完整率"),
    Measure.ACCURATE: lazy("准确率"),
    Measure.TIMELY: lazy("及时率"),
    Measure.DUPLICATES: lazy("重复率"),
}


def shown(unit_name: str, month: date, agencies: Collection[UUID], scheme: Scheme) -> dict[str, Any]:
    """Return the rates of the last twelve months as pictures and as rows of a table."""
    found = trends.trends(month, agencies)
    months = [each for each, _rate in found[Measure.STORED]]
    return {
        "title": _("%(name)s：近十二个月") % {"name": unit_name},
        "pictures": [_picture(measure, unit_name, found[measure], scheme) for measure in Measure],
        "columns": columns(_("月份"), *(str(NAMES[each]) for each in Measure)),
        "rows": [
            [f"{each:%Y-%m}", *(share(found[measure][at][1]) for measure in Measure)] for at, each in enumerate(months)
        ],
    }


def _picture(measure: Measure, unit_name: str, points: Points, scheme: Scheme) -> dict[str, Any]:
    name, threshold = str(NAMES[measure]), trends.threshold(measure, scheme)
    title = _("%(name)s：%(rate)s（%%），近十二个月") % {"name": unit_name, "rate": name}
    note = _("虚线：%(n)s %%。") % {"n": threshold} if threshold is not None else _("越低越好。")
    return {"name": name, "note": note, "svg": plots.trend(f"trend-{measure}", title, points, threshold)}
