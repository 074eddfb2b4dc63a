"""What the pages of the catalogue desk show, put together from the rooms below."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import change_reading, change_words, comments
from chengxin.catalogue.change_reading import Possible
from chengxin.catalogue.change_words import word
from chengxin.console.catalogue import impacts, remarks
from chengxin.console.catalogue.words import TONES, said
from chengxin.rules.catalogue_changes import KINDS
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM
from chengxin.ui.formats import day

PATH = ("draft", "legal_check", "comment", "approved", "in_force", "retired")
ACTIONS = {step.action: (step.zh, step.en) for step in CATALOGUE_ITEM.transitions} | {"propose": ("起草", "drafted")}


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


def whole(change: Any, user: Any, *, now: datetime, today: date, anew: bool = False) -> dict[str, Any]:
    """Return everything the page of one change shows."""
    impact, why_not = impacts.of(change, now, today, anew)
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
        "comments": [remarks.shown(each) for each in comments.of_change(change)] if change.comment_from else [],
        "answers": change.state == "comment" and can_may(user, Permission.MANAGE_CATALOGUE),
        "editable": change.state == "draft" and change.author_id == user.pk,
    }


def _path(change: Any) -> list[dict[str, str]]:
    reached = PATH.index(change.state) if change.state in PATH else 0
    names = [CATALOGUE_ITEM.state(code) for code in PATH]
    stages = ["done" if at < reached else "now" if at == reached else "next" for at in range(len(PATH))]
    return [{"text": word((name.zh, name.en)), "stage": stage} for name, stage in zip(names, stages, strict=True)]


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
