"""The forms of a case page: for each step its fields, as parameters of the field component."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chengxin.cases.policies import Action
from chengxin.console.cases.pages import word
from chengxin.rights import handling
from chengxin.rights.drafts import Draft
from chengxin.rights.outcomes import open_to
from chengxin.rights.restoration import OUTCOMES as RESTORATION_OUTCOMES
from chengxin.rights.selectors import CasePage
from chengxin.rights.time_limits import Offer
from chengxin.rules.workflows.objection import OUTCOMES as OBJECTION_OUTCOMES

Typed = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One step as the page offers it: its name, its fields, or the reason why it is not open."""

    action: str
    title: str
    fields: list[dict[str, Any]]
    why: str
    kind: str


GRAVE = frozenset({"refuse", "deny", "cancel", "doubt"})


# A decision starts from the reason the reviewer drafted, so that what is issued is what the preview showed.
DECISIONS = {"decide": None, "approve": "approved", "deny": "denied"}


def choices(page: CasePage, language: str, typed: Typed, at: str, draft: Draft | None = None) -> list[Choice]:
    """Return every step people can take from here; ``typed`` was typed into the step ``at`` before a refusal."""
    english = language.startswith("en")
    found = [each for each in page.actions if (page.case.kind, each.step.action) in handling.STEPS]
    # What the reader can do comes first; the steps of others follow with the reason.
    found.sort(key=lambda each: not each.open)
    return [
        _choice(page, each, english, typed if each.step.action == at else _drafted(each.step.action, draft))
        for each in found
    ]


def _drafted(action: str, draft: Draft | None) -> Typed:
    fits = draft is not None and action in DECISIONS and DECISIONS[action] in (None, draft.outcome)
    return {"note": draft.reason} if fits and draft is not None else {}


def clock_steps(offers: list[Offer], english: bool) -> list[Choice]:
    """Return what this reader may do about the clock, each with its fields."""
    return [
        Choice(each.code, word((each.zh, each.en), english), _clock_fields(each, english), "", "secondary")
        for each in offers
    ]


def _clock_fields(offer: Offer, english: bool) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = []
    if offer.reasons:
        fields.append(
            {
                "name": "reason",
                "id": f"id_clock_{offer.code}_reason",
                "label": _("原因"),
                "kind": "select",
                "required": True,
                "options": _options(offer.reasons, english, ""),
            }
        )
    note = {"name": "note", "id": f"id_clock_{offer.code}_note", "label": _("说明"), "width": "full"}
    return [*fields, {**note, "required": offer.code != "explain"}]


def _choice(page: CasePage, action: Action, english: bool, typed: Typed) -> Choice:
    step = action.step
    names = handling.FIELDS[(page.case.kind, step.action)] if action.open else ()
    fields = [spec for name in names for spec in _FIELDS[name](page, step.action, english, typed)]
    title = (step.en if english else step.zh) or step.action
    why = action.refusal.in_language("en" if english else "zh") if action.refusal else ""
    return Choice(step.action, title, fields, why, "danger" if step.action in GRAVE else "primary")


def _options(pairs: Mapping[str, tuple[str, str]], english: bool, chosen: str) -> list[dict[str, Any]]:
    return [
        {"value": code, "text": en if english else zh, "selected": code == chosen} for code, (zh, en) in pairs.items()
    ]


def _note(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    labels = {"answer": _("核查结果"), "contest": _("复核理由"), "complete": _("义务履行情况")}
    return [
        {
            "name": "note",
            "id": f"id_{action}_note",
            "label": labels.get(action, _("理由")),
            "kind": "textarea",
            "hint": _("写给当事人看：事实、依据和结论。内容加密保存。"),
            "required": action != "forward" or page.case.state == "answered",
            "rows": 4,
            "width": "full",
            "value": typed.get("note", ""),
        }
    ]


def _stands(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    pairs = {"yes": ("记录无误", "The record stands"), "no": ("记录有误", "The record is wrong")}
    return [_radios(action, "stands", _("核查结论"), _options(pairs, english, typed.get("stands", "")))]


def _outcome(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    pairs = RESTORATION_OUTCOMES
    if page.case.kind == "objection":
        pairs = {code: OBJECTION_OUTCOMES[code] for code in open_to(page.case.facts["about"], page.record)}
    return [_radios(action, "outcome", _("结论"), _options(pairs, english, typed.get("outcome", "")))]


def _radios(action: str, name: str, label: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"id_{action}_{name}",
        "label": label,
        "kind": "radios",
        "required": True,
        "options": options,
    }


def _changes(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    """Offer the record's fields for correction; masked ones only their source can correct by reporting again."""
    if page.case.facts.get("about") != "content":
        return []
    offered = [field for field in page.fields if not field.masked]
    return [
        {
            "name": f"change:{field.code}",
            "id": f"id_{action}_{field.code}",
            "label": _("更正：%(field)s") % {"field": field.en if english else field.zh},
            "hint": _("仅在结论为“更正”时有效；单位：%(unit)s") % {"unit": field.unit} if field.unit else "",
            "value": typed.get(f"change:{field.code}", field.text),
            "width": "full",
        }
        for field in offered
    ]


def _statement(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    return [
        {
            "name": "statement",
            "id": f"id_{action}_statement",
            "label": _("附注在记录旁的文字"),
            "hint": _("用于“补充”或“无法查清”；随记录一同显示，不得写入姓名、证件号码。"),
            "width": "full",
            "value": typed.get("statement", ""),
        }
    ]


def _heard(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    return [
        {
            "name": "heard",
            "id": f"id_{action}_heard",
            "label": _("听取当事人意见的情况"),
            "hint": _("何时、以何种方式听取，当事人怎样说明。"),
            "required": True,
            "width": "full",
            "value": typed.get("heard", ""),
        }
    ]


def _performed_on(page: CasePage, action: str, english: bool, typed: Typed) -> list[dict[str, Any]]:
    return [
        {
            "name": "performed_on",
            "id": f"id_{action}_performed_on",
            "label": _("义务履行日期"),
            "kind": "date",
            "required": True,
            "value": typed.get("performed_on", ""),
        }
    ]


_FIELDS: dict[str, Callable[[CasePage, str, bool, Typed], list[dict[str, Any]]]] = {
    "changes": _changes,
    "heard": _heard,
    "note": _note,
    "outcome": _outcome,
    "performed_on": _performed_on,
    "stands": _stands,
    "statement": _statement,
}
