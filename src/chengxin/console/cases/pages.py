"""From a case to the words of its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts.roles import ROLE_NAMES, Role
from chengxin.cases.clock import DELAYS, EVENTS, REASONS
from chengxin.cases.workflows import WORKFLOWS, kind_name, workflow_of
from chengxin.rights.next_steps import progress
from chengxin.rights.objections import GROUNDS
from chengxin.rights.selectors import CasePage
from chengxin.rules.dated import Value
from chengxin.rules.deadlines import UNITS
from chengxin.ui.formats import day

DEADLINES = {
    "objection.centre_workdays": ("信用中心受理", "Acceptance by the centre"),
    "objection.provider_workdays": ("信源单位答复", "Answer of the source"),
    "erasure.reply_workdays": ("书面答复", "Written answer"),
    "objection.total_workdays": ("办结", "Decision"),
    "objection.extension_workdays": ("办结延长", "Extension of the decision"),
    "repair.accept_workdays": ("是否受理", "Acceptance"),
    "repair.extension_workdays": ("延长后的答复", "Answer after extension"),
    "repair.reply_workdays": ("答复申请人", "Answer to the applicant"),
}
KINDS = {kind: kind_name(kind) for kind in WORKFLOWS}
PAGES = {"bankruptcy": "console:reorganisation", "erasure": "console:erasure"}
"""The kinds whose cases have a page of their own; every other kind is shown on the common one."""
SYSTEM = ("平台自动", "The platform")


def address(case: Any) -> str:
    """Return where the page of a case is, by its kind."""
    return reverse(PAGES.get(case.kind, "console:case"), args=[case.pk])


def word(pair: tuple[str, str], english: bool) -> str:
    """Return the wording for the page's language."""
    return pair[1] if english else pair[0]


def values(found: list[Value], english: bool) -> list[list[Any]]:
    """Return the dated values that govern a case, one row each: what, how long, on which basis, checked or not."""
    return [_value(each, english) for each in found]


def _value(value: Value, english: bool) -> list[Any]:
    unit = value.unit if english else UNITS.get(value.unit, value.unit)
    checked = {"tone": "accepted", "text": _("已核对")} if value.verified else {"tone": "waiting", "text": _("待核")}
    title = word(DEADLINES.get(value.key, (value.key, value.key)), english)
    return [title, f"{value.value} {unit}", str(value.basis), checked]


def context(page: CasePage, today: date, language: str) -> dict[str, Any]:
    """Return what the template of a case shows."""
    english = language.startswith("en")
    item = page.record.item
    return {
        "page": page,
        "kind": word(kind_name(page.case.kind), english),
        "item": item.name_en if english else item.name_zh,
        "basis": f"《{item.basis_instrument}》{item.basis_article}",
        "state": word((page.state.zh, page.state.en), english),
        "where": progress(page.case, today),
        "value_columns": [{"text": text} for text in (_("事项"), _("期限"), _("依据"), _("核对"))],
        "state_tone": "neutral" if page.state.final else "waiting",
        "grounds": GROUNDS.get(page.case.facts.get("grounds", "")),
        "fields": [{"term": f.en if english else f.zh, "text": _with_unit(f.text, f.unit)} for f in page.fields],
        "deadlines": [_deadline(each, today, english) for each in page.deadlines],
        "events": [_event(page, line, english) for line in page.timeline],
        "effect_columns": [{"text": text} for text in (_("效力"), _("完成时间"), _("存证编号"))],
        "condition_columns": [{"text": text} for text in (_("条件"), _("是否满足"), _("依据"))],
        "effects": [_effect(each) for each in page.effects],
        "conditions": [_condition(each, english) for each in page.conditions.conditions] if page.conditions else [],
    }


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text


def _deadline(deadline: Any, today: date, english: bool) -> dict[str, Any]:
    title = word(DEADLINES.get(deadline.key, (deadline.key, deadline.key)), english)
    return {"title": title, "steps": deadline.derivation, "result": _result(deadline, today)}


def _result(deadline: Any, today: date) -> str:
    due = day(deadline.due_on)
    if deadline.superseded_at is not None:
        return _("%(day)s（已由新的期限代替）") % {"day": due}
    if deadline.met_at is not None:
        return _("%(day)s 到期，已于 %(met)s 完成") % {"day": due, "met": day(deadline.met_at)}
    if deadline.due_on < today:
        return _("%(day)s 到期，已逾期") % {"day": due}
    return _("%(day)s 到期") % {"day": due}


def _event(page: CasePage, line: Any, english: bool) -> dict[str, Any]:
    event = line.event
    said = [_reason(event, english), line.note]
    text = "；".join(part for part in said if part)
    return {"when": event.at, "title": _step(page, event, english), "by": _by(event, english), "text": text}


def _reason(event: Any, english: bool) -> str:
    """Return the coded reason of an act about the clock."""
    found = {**REASONS, **DELAYS}.get(event.data.get("reason", ""))
    return word(found, english) if found else ""


def _step(page: CasePage, event: Any, english: bool) -> str:
    if event.action == "open":
        return _("提交")
    steps = workflow_of(page.case.kind).transitions
    found = next((t for t in steps if (t.source, t.action) == (event.source, event.action)), None)
    if found is None:
        return word(EVENTS.get(event.action, (event.action, event.action)), english)
    return word((found.zh, found.en), english)


def _by(event: Any, english: bool) -> str:
    if event.actor is None:
        return word(SYSTEM, english)
    if event.role == "applicant":
        return _("申请人")
    name = word(ROLE_NAMES[Role(event.role)], english)
    return f"{name} · {event.actor.agency}" if event.actor.agency else name


def _effect(effect: Any) -> list[Any]:
    return [effect.get_kind_display(), effect.done_at, {"code": str(effect.entry_id)}]


def _condition(condition: Any, english: bool) -> list[Any]:
    words = {True: ("accepted", _("已满足")), False: ("refused", _("未满足")), None: ("waiting", _("待核实"))}
    tone, text = words[condition.met]
    return [condition.en if english else condition.zh, {"tone": tone, "text": text}, str(condition.basis)]
