"""What the pages of the catalogue desk show, put together from the rooms below."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.catalogue import change_reading, change_words
from chengxin.catalogue.change_reading import Possible
from chengxin.catalogue.change_words import english, word
from chengxin.console.catalogue.words import FIGURES, TONES, said
from chengxin.registry import catalogue_impact
from chengxin.rules.catalogue_changes import KINDS
from chengxin.rules.errors import Refusal
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM
from chengxin.ui.formats import day

PATH = ("draft", "legal_check", "comment", "approved", "in_force", "retired")
ACTIONS = {step.action: (step.zh, step.en) for step in CATALOGUE_ITEM.transitions} | {"propose": ("起草", "drafted")}
FINISHED = ("in_force", "retired", "discarded")


def row(change: Any) -> list[Any]:
    """Return one line of the list."""
    href = reverse("console:catalogue_change", args=[change.pk])
    return [
        {"text": change.subject, "note": _("第 %(n)s 号") % {"n": change.number}, "href": href},
        word(KINDS[change.kind]),
        state(change),
        day(change.since),
        change.author.display_name,
    ]


def state(change: Any) -> dict[str, str]:
    """Return the state as a tag."""
    known = CATALOGUE_ITEM.state(change.state)
    return {"tone": TONES[change.state], "text": word((known.zh, known.en))}


def whole(change: Any, user: Any, today: date) -> dict[str, Any]:
    """Return everything the page of one change shows."""
    impact, why_not = _impact(change, today)
    return {
        "change": change,
        "kind": word(KINDS[change.kind]),
        "state": state(change),
        "path": _path(change),
        "bases": change_words.bases(change),
        "difference_columns": [{"text": text} for text in (_("项目"), _("现行"), _("变更后"))],
        "differences": change_words.lines(change, today),
        "impact": impact,
        "why_not": why_not,
        "events": [_event(each) for each in change_reading.steps(change)],
        "steps": [_step(each) for each in change_reading.possible(change, user, today)],
        "editable": change.state == "draft" and change.author_id == user.pk,
    }


def _path(change: Any) -> list[dict[str, str]]:
    reached = PATH.index(change.state) if change.state in PATH else 0
    names = [CATALOGUE_ITEM.state(code) for code in PATH]
    stages = ["done" if at < reached else "now" if at == reached else "next" for at in range(len(PATH))]
    return [{"text": word((name.zh, name.en)), "stage": stage} for name, stage in zip(names, stages, strict=True)]


def _impact(change: Any, today: date) -> tuple[dict[str, Any] | None, str]:
    """Return what the change moves: as approved once it is approved, counted anew before; a refusal says why not."""
    if change.impact is not None:
        return _shown(change.impact, ""), ""
    if change.state in FINISHED:
        return None, ""
    try:
        found = catalogue_impact.preview(change, today)
    except Refusal as refusal:
        return None, said(refusal)
    return _shown(found.stored(), found.mark()), ""


def _shown(stored: dict[str, Any], mark: str) -> dict[str, Any]:
    figures = [[str(FIGURES[each["key"]]), str(each["before"]), str(each["after"])] for each in stored["figures"]]
    return {
        "mark": mark,
        "stats": [
            {"label": _("涉及的记录"), "value": stored["records"], "unit": _("条")},
            {"label": _("其中正在公示"), "value": stored["published"], "unit": _("条")},
            {"label": _("将不再公示"), "value": stored["hidden"], "unit": _("条")},
            {"label": _("按新规则期限不同"), "value": stored["periods"], "unit": _("条")},
            {"label": _("该列已有内容"), "value": stored["filled"], "unit": _("条")},
        ],
        "agencies": [[each["en"] if english() else each["zh"], str(each["records"])] for each in stored["agencies"]],
        "agency_columns": [{"text": _("单位")}, {"text": _("记录数"), "number": True}],
        "figures": figures,
        "figure_columns": [{"text": text} for text in (_("统计数字"), _("现在"), _("变更后"))],
        "pages": stored["pages"],
        "items": "、".join(stored["items"]),
    }


def _event(step: Any) -> dict[str, Any]:
    by = step.actor.display_name if step.actor else _("平台自动")
    return {"when": step.at, "title": word(ACTIONS[step.action]), "by": by, "text": step.reason}


def _step(found: Possible) -> dict[str, Any]:
    step = found.step
    return {
        "action": step.action,
        "title": word((step.zh, step.en)),
        "why": said(found.refusal) if found.refusal else "",
        "asks": "reason" in step.needs,
        "kind": "danger" if step.action == "discard" else "primary",
    }
