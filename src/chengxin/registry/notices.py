"""两书同达: the notice of a new record and the notice of how to repair it, served as one letter in one moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from chengxin.accounts.services import NoticeRow
from chengxin.catalogue.models import ItemVersion
from chengxin.registry.drafts import Draft

BOTH_SERVED = "record_admitted"
"""The kind of the letter; its one delivery is the proof that both documents were served, and when."""


def repair_what(item: ItemVersion) -> str:
    """Return the sentence that says what repair does."""
    return _("“%(item)s”这条记录可以申请信用修复：准予后停止公示、停止共享和使用，并解除据此采取的措施。") % {
        "item": item.name_zh
    }


def repair_from(day: date | None) -> str:
    """Return the sentence that says from when a record may be repaired."""
    if day is None:
        return _("该记录没有最短公示期，或者依法不予修复；具体见下列条件。")
    return _("自 %(day)s 起可以申请。") % {"day": day.isoformat()}


def repair_how() -> str:
    """Return the sentences that say how to apply."""
    return _(
        "在“我的档案”中打开这条记录，点“申请信用修复”，作出信用承诺并说明义务履行情况；也可到政务服务大厅窗口办理。"
        "不收取任何费用，不委托任何机构代办。"
    )


def of_admission(drafts: Sequence[Draft], now: datetime) -> Iterator[NoticeRow]:
    """Yield one letter a draft; the words are put together once for all that say the same."""
    title, words = _("您的信用档案新增一条记录（附信用修复告知）"), lru_cache(maxsize=512)(_words)
    for draft in drafts:
        periods = draft.assessed.periods
        body = words(draft.item, draft.authority_name, periods.use_until, periods.restorable_from)
        yield draft.subject.id, BOTH_SERVED, title, body, "/mine/", now


def _words(item: ItemVersion, authority: str, until: date | None, restorable_from: date | None) -> str:
    return f"{_admission(item, authority, until)}\n{_repair(item, restorable_from)}"


def _admission(item: ItemVersion, authority: str, until: date | None) -> str:
    return _(
        "“%(item)s”已由%(authority)s报送入库，依据%(basis)s，使用至%(until)s。如有异议，可在“我的档案”中直接提出。"
    ) % {
        "item": item.name_zh,
        "authority": authority,
        "basis": f"《{item.basis_instrument}》{item.basis_article}",
        "until": until.isoformat() if until else _("长期"),
    }


def _repair(item: ItemVersion, day: date | None) -> str:
    if day is None:
        return _("信用修复告知：该记录到期自动停止使用，无需申请修复；不收取任何费用。")
    return _("信用修复告知：%(what)s%(from_when)s%(how)s") % {
        "what": repair_what(item),
        "from_when": repair_from(day),
        "how": repair_how(),
    }
