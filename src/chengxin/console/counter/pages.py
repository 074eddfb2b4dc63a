"""What the templates of the counter show."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import selectors as cases
from chengxin.cases.workflows import kind_name
from chengxin.console.cases.pages import DEADLINES, word
from chengxin.disclosure.assisted import Seen, Standing
from chengxin.rights import texts
from chengxin.rights.counter import Filed, open_acts
from chengxin.rights.next_steps import progress
from chengxin.ui.formats import day


def visit(
    there: Any, seen: Seen, open_matters: frozenset[tuple[UUID, str]], open_cases: list[Any], english: bool
) -> dict[str, Any]:
    """Return the records of the person at the counter with what can be filed about each, and their open cases."""
    return {
        "there": there,
        "seen": seen,
        "records": [_record(there, each, open_matters, english) for each in seen.held],
        "cases": [_case(there, case, english) for case in open_cases],
    }


ACTS = {
    "complete": gettext_lazy("补正材料"),
    "contest": gettext_lazy("不服结论，申请复核"),
    "withdraw": gettext_lazy("撤回"),
}


def _case(there: Any, case: Any, english: bool) -> dict[str, Any]:
    """Return one case with the steps its applicant may take here; a closed one can only be contested."""
    where = {"visit_id": there.pk, "case_id": case.pk}
    return {
        "name": f"{word(kind_name(case.kind), english)} {case.number}",
        "print": "" if case.closed_at else reverse("console:counter:print", kwargs=where),
        "acts": [
            {"text": ACTS[act], "href": reverse("console:counter:act", kwargs={**where, "act": act})}
            for act in open_acts(case)
        ],
    }


def _record(there: Any, held: Standing, taken: frozenset[tuple[UUID, str]], english: bool) -> dict[str, Any]:
    row = held.row
    place = {"visit_id": there.pk, "record_id": row.record}
    negative = row.nature == "negative"
    restorable = negative and held.restorable_from is not None
    return {
        "card": {
            "what": f"{row.authority_name} · {row.document_no}",
            "kind": row.item_en if english else row.item_zh,
            "authority": row.authority_name,
            "basis": row.basis,
            "rows": [{"term": _("文书日期"), "text": day(row.document_date)}],
            "states": [name for name, on in (("disputed", row.disputed), ("repairing", row.under_repair)) if on],
        },
        "object": "" if (row.record, "objection") in taken else reverse("console:counter:objection", kwargs=place),
        "restore": reverse("console:counter:restoration", kwargs=place)
        if restorable and (row.record, "restoration") not in taken
        else "",
        "from": held.restorable_from if restorable else None,
    }


def acknowledgement(there: Any, filed: Filed, today: date, english: bool) -> dict[str, Any]:
    """Return what the paper says: number, code, what happens next, every date with its derivation, the remedy."""
    where = progress(filed.case, today)
    dates = [each for each in cases.deadlines(filed.case) if each.superseded_at is None]
    return {
        "there": there,
        "case": filed.case,
        "code": filed.code,
        "kind": word(kind_name(filed.case.kind), english),
        "state": where.state.en if english else where.state.zh,
        "next": where.en if english else where.zh,
        "deadlines": [
            {
                "title": word(DEADLINES.get(each.key, (each.key, each.key)), english),
                "steps": each.derivation,
                "result": _("%(day)s 到期") % {"day": day(each.due_on)},
            }
            for each in dates
        ],
        "remedy": texts.remedy() if filed.case.kind == "objection" else texts.restoration_remedy(),
    }
