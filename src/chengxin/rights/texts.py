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


def restoration_remedy(outcome: str = "denied") -> str:
    """Return what is open to the applicant after an outcome of a restoration.

    ``outcome`` is one of approved, unasked, denied, refused and cancelled; what was granted needs no new application.
    """
    if outcome == "approved":
        granted = _(
            "本决定支持了您的申请，您不需要再做什么。以后发现任何单位仍在公示、使用这条记录或者没有解除措施的，"
            "可以凭本决定书要求其停止，或者告诉信用中心，由信用中心督促，不收取任何费用。"
        )
        return granted + _still_open()
    if outcome == "unasked":
        ended = _("以后发现任何单位仍在公示、使用这条记录或者没有解除措施的，可以告诉信用中心，由信用中心免费督促。")
        return ended + _still_open()
    if outcome == "cancelled":
        return _(
            "如不服撤销决定，可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼；"
            "记录本身有错误的，可在“我的档案”中免费提出异议。"
        )
    return _(
        "如不服，可在“我的档案”中对该记录免费提出异议，条件具备后可再次免费申请修复；"
        "也可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼。"
    )


def _still_open() -> str:
    """Return the remedy that stands against every decision, a favourable one too (charter C15)."""
    return _("认为本决定损害自己合法权益的，也可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼。")


def withdrawn_remedy(kind: str) -> str:
    """Return what is open after a case ended because the source withdrew the record; ``kind`` is that of the case."""
    if kind == "objection":
        return _(
            "仍有不服的，可在“我的档案”中免费申请复核一次；报送单位撤销撤回、恢复记录的，会通知您，您可以再次免费提出。"
        )
    return _("报送单位撤销撤回、恢复记录的，会通知您，条件具备时您可以再次免费申请修复，也可以免费提出异议。")


def reorganisation_remedy(outcome: str = "refused") -> str:
    """Return what is open to an organisation after an outcome of a reorganisation case.

    ``outcome`` is the state it led to: refused, shielded, repaired or resumed.
    """
    if outcome == "repaired":
        return restoration_remedy("approved")
    if outcome == "shielded":
        granted = _(
            "本决定支持了您的申请。计划执行完毕后，请在办件页面报告，核实后最终修复；"
            "执行期间发现任何单位仍在展示、使用这些记录的，可以凭本决定书要求其停止，或者告诉信用中心。"
        )
        return granted + _still_open()
    if outcome == "resumed":
        return _(
            "如不服恢复展示，可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼；"
            "记录本身有错误的，可在“我的档案”中免费提出异议。已经解除的措施不会自动恢复。"
        )
    return _("如不服，可以依法向有权机关申请行政复议，或者向人民法院提起行政诉讼；条件具备后可以再次免费申请。")


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
