"""The sentences of notices and decisions; they name rule and remedy and hold no personal content (charter C15)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from chengxin.cases.models import Case
from chengxin.registry.models import Record

REVIEWED = ("contested", "contest_proposed", "contest_decided", "ended")
"""The states of an objection whose one review has been asked for."""


def remedy(state: str = "") -> str:
    """Return the remedies open against a decision on an objection; the one review is not offered a second time.

    ``state`` is the state of the case as the decision is proposed or taken.
    """
    if state in REVIEWED:
        return _("复核只有一次，已经用过。如不服，可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼。")
    return _("如不服，可在“我的档案”中免费申请复核一次；也可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼。")


def restoration_remedy() -> str:
    """Return the remedies open against a refusal of restoration."""
    return _(
        "如不服，可在“我的档案”中对该记录免费提出异议，条件具备后可再次免费申请修复；"
        "也可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼。"
    )


def item_basis(record: Record) -> str:
    """Return the basis on which the record stands in the catalogue."""
    return f"《{record.item.basis_instrument}》{record.item.basis_article}"


def about(case: Case, record: Record, sentence: str) -> str:
    """Return a notice body: which case, which kind of record, then the sentence."""
    return _("办件 %(number)s（%(item)s）：%(sentence)s") % {
        "number": case.number,
        "item": record.item.name_zh,
        "sentence": sentence,
    }


def due_sentence(day: date | None) -> str:
    """Return the sentence that names a due date."""
    return _("应于 %(day)s 前办结。") % {"day": day.isoformat()} if day else ""


def decision(case: Case, outcome: str, reason: str, rules: list[str], remedies: str) -> str:
    """Return the text of a decision: conclusion, reason, the rules that decided, the remedy, and that it is free."""
    return "\n".join(
        (
            _("办件编号：%(number)s") % {"number": case.number},
            _("决定：%(outcome)s") % {"outcome": outcome},
            _("理由：%(reason)s") % {"reason": reason},
            _("依据：%(rules)s") % {"rules": "；".join(dict.fromkeys(rules))},
            _("救济途径：%(remedy)s") % {"remedy": remedies},
            _("办理本事项不收取任何费用。"),
        )
    )
