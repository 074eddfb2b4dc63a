"""Where a case stands, as a line of stages and as a history, for somebody who may be worried."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.clock import DELAYS, EVENTS, REASONS
from chengxin.cases.workflows import kind_name, workflow_of
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
        (gettext_lazy("办结"), ("closed", "ended", "refused", "withdrawn", "record_withdrawn")),
    ),
    "restoration": (
        (gettext_lazy("提交"), ("submitted", "incomplete")),
        (gettext_lazy("送达认定单位"), ("pushed",)),
        (gettext_lazy("受理"), ("accepted",)),
        (gettext_lazy("核实"), ("verifying", "verifying_further")),
        (gettext_lazy("作出决定"), ("proposed", "approved")),
        (
            gettext_lazy("办结"),
            ("executed", "closed", "denied", "refused", "withdrawn", "false_material", "cancelled", "record_withdrawn"),
        ),
    ),
    "bankruptcy": (
        (gettext_lazy("提交"), ("submitted",)),
        (gettext_lazy("核对裁定"), ("proposed",)),
        (gettext_lazy("暂停展示，执行计划"), ("shielded", "failing")),
        (gettext_lazy("报告执行完毕"), ("performed",)),
        (gettext_lazy("核实"), ("repair_proposed",)),
        (gettext_lazy("办结"), ("repaired", "refused", "withdrawn", "resumed")),
    ),
    "erasure": (
        (gettext_lazy("提交"), ("filed", "contested")),
        (gettext_lazy("拟定意见"), ("proposed", "contest_proposed")),
        (gettext_lazy("作出决定"), ("approved",)),
        (gettext_lazy("办结"), ("refused", "frozen", "erased", "withdrawn", "kept")),
    ),
}


def stages(kind: str, state: str, *, closed: bool) -> list[dict[str, Any]]:
    """Return the stages of a case, those behind it done and the present one marked; none for a kind without a line."""
    line = LINES.get(kind, ())
    here = next((number for number, (_text, states) in enumerate(line) if state in states), 0)
    return [{"text": text, "stage": _stage(number, here, closed)} for number, (text, _states) in enumerate(line)]


def _stage(number: int, here: int, closed: bool) -> str:
    if number < here or (number == here and closed):
        return "done"
    return "now" if number == here else "next"


def events(page: CasePage) -> list[dict[str, Any]]:
    """Return the history of a case, newest first: what happened, by which part of which unit, and what was said."""
    lines = [event_of(page.case.kind, line) for line in page.timeline]
    return lines[::-1]


def event_of(kind: str, line: Any) -> dict[str, Any]:
    """Return one line of a case's history: when, what, what was said and by which part of which unit."""
    event = line.event
    return {
        "when": event.at,
        "title": _event_title(kind, event),
        "text": "；".join(part for part in (_reason(event), line.note) if part),
        "by": _by(event),
        "stage": "done",
    }


def _event_title(kind: str, event: Any) -> str:
    if event.action == "open":
        return _("提交%(kind)s申请") % {"kind": said(*kind_name(kind))}
    steps = workflow_of(kind).transitions
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
