"""Where a case stands, as a line of stages and as a history, for somebody who may be worried."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.clock import DELAYS, EVENTS, REASONS
from chengxin.cases.workflows import workflow_of
from chengxin.portal import words
from chengxin.portal.frame import said
from chengxin.rights.selectors import CasePage

# The stages a reader needs, and the states of the procedure each stands for.
LINES = {
    "objection": (
        (gettext_lazy("提交"), ("filed",)),
        (gettext_lazy("受理"), ("accepted",)),
        (gettext_lazy("信源单位核查"), ("with_provider",)),
        (gettext_lazy("拟定意见"), ("answered", "proposed", "contested", "contest_proposed")),
        (gettext_lazy("作出决定"), ("decided", "contest_decided")),
        (gettext_lazy("办结"), ("closed", "ended", "refused", "withdrawn")),
    ),
    "restoration": (
        (gettext_lazy("提交"), ("submitted", "incomplete")),
        (gettext_lazy("送达认定单位"), ("pushed",)),
        (gettext_lazy("受理"), ("accepted",)),
        (gettext_lazy("核实"), ("verifying", "verifying_further")),
        (gettext_lazy("作出决定"), ("proposed", "approved")),
        (gettext_lazy("办结"), ("executed", "closed", "denied", "refused", "withdrawn", "false_material", "cancelled")),
    ),
}


def stages(page: CasePage) -> list[dict[str, Any]]:
    """Return the stages of a case, those behind it done and the present one marked."""
    line = LINES[page.case.kind]
    here = next((number for number, (_text, states) in enumerate(line) if page.case.state in states), 0)
    return [
        {"text": text, "stage": _stage(number, here, bool(page.case.closed_at))}
        for number, (text, _states) in enumerate(line)
    ]


def _stage(number: int, here: int, closed: bool) -> str:
    if number < here or (number == here and closed):
        return "done"
    return "now" if number == here else "next"


def events(page: CasePage) -> list[dict[str, Any]]:
    """Return the history of a case, newest first: what happened, by which part of which unit, and what was said."""
    lines = [_event(page, line) for line in page.timeline]
    return lines[::-1]


def _event(page: CasePage, line: Any) -> dict[str, Any]:
    event = line.event
    return {
        "when": event.at,
        "title": _event_title(page, event),
        "text": "；".join(part for part in (_reason(event), line.note) if part),
        "by": _by(event),
        "stage": "done",
    }


def _event_title(page: CasePage, event: Any) -> str:
    if event.action == "open":
        return _("提交%(kind)s申请") % {"kind": words.CASE_KINDS[page.case.kind]}
    steps = workflow_of(page.case.kind).transitions
    found = next((each for each in steps if each.action == event.action and each.source == event.source), None)
    if found is not None:
        return said(found.zh, found.en)
    return said(*EVENTS.get(event.action, (event.action, event.action)))


def _reason(event: Any) -> str:
    """Return the reason given for a delay or an extension, which is chosen from a list."""
    found = {**REASONS, **DELAYS}.get(event.data.get("reason", ""))
    return said(*found) if found else ""


def _by(event: Any) -> str:
    """Return role and unit; the names of officers stay out, the unit answers for them."""
    role = _("申请人") if event.role == "applicant" else str(words.ROLES.get(event.role, event.role))
    agency = event.actor.agency if event.actor else None
    return f"{said(agency.name_zh, agency.name_en)} · {role}" if agency else role
