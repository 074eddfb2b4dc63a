"""Every effect of one decision as a row: what, when, what came of it, its place in the ledger; late ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chengxin.disclosure import fanout
from chengxin.disclosure.fanout import Fanout, Superseded
from chengxin.ledger import services as ledger
from chengxin.ui.formats import day, moment

CODES = (
    *("publication", "sharing", "use", "measures", "evaluation", "reports", "screening", "statistics", "caches"),
    "recipients",
)


@dataclass(frozen=True, slots=True)
class Around:
    """What is asked beside the effects themselves: recipients, earlier reports, and the day of the kept figures."""

    spread: Fanout
    reports: Superseded
    figures_on: date | None


def rows(effects: Sequence[Any], around: Around) -> list[list[Any]]:
    """Return one row for each effect the law or this platform knows, those that are late first."""
    by_kind = {each.kind: each for each in effects}
    found = [(code, _row(code, by_kind, around)) for code in CODES]
    late = around.spread.late > 0
    return [row for _code, row in sorted(found, key=lambda pair: not (late and pair[0] == "recipients"))]


def _row(code: str, effects: dict[str, Any], around: Around) -> list[Any]:
    if code == "evaluation":
        return [_("监管评价"), "—", _("本平台没有监管评价，没有需要更正的结果。"), "—", _state("neutral", _("不存在"))]
    if code == "recipients":
        return _recipients(effects["recipients"], around.spread)
    source = {"publication": "publish", "measures": "measures"}.get(code, "share_use")
    effect = effects[source]
    name, text = _said(code, effect, around)
    return [name, moment(effect.done_at), text, _entry(effect.entry_id), _state("accepted", _("已完成"))]


def _said(code: str, effect: Any, around: Around) -> tuple[str, str]:
    compared = _("被请求时向登记库比对，自该时刻起不含该记录。")
    texts = {
        "publication": (_("停止公示"), compared),
        "sharing": (_("停止共享"), compared),
        "use": (_("停止使用"), compared),
        "measures": (_("解除惩戒措施"), _("解除 %(n)s 项措施") % {"n": len(effect.receipt.get("lifted", []))}),
        "reports": (
            _("信用报告"),
            _("此前出具 %(made)s 份，其中 %(over)s 份核验时答复已失效；新出具的不含该记录。")
            % {"made": around.reports.made, "over": around.reports.no_longer},
        ),
        "screening": (_("筛查"), _("不再命中。")),
        "statistics": (_("公开统计"), _figures(around.figures_on)),
        "caches": (_("缓存"), _("不缓存任何答复；每日统计只存合计数，不含任何记录。")),
    }
    return texts[code]


def _figures(kept: date | None) -> str:
    counted = _("首页的数每次打开重新计数。")
    if kept is None:
        return counted
    return counted + _("透明度页的每日统计现截至 %(day)s，次日重算。") % {"day": day(kept)}


def _recipients(effect: Any, spread: Fanout) -> list[Any]:
    applied: list[datetime] = [each.applied_at for each in spread.takers if each.applied_at]
    done = spread.settled
    when = moment(max(applied)) if done and applied else moment(effect.done_at) if done else "—"
    if not spread.fed:
        text = _("该记录从未进入共享增量，没有需要告知的单位")
    else:
        text = _("%(n)s 家单位拿到过，%(done)s 家已确认停止使用") % {
            "n": len(spread.takers),
            "done": spread.reached(*fanout.STOPPED),
        }
    if spread.late:
        state = _state("refused", _("%(n)s 家逾期") % {"n": spread.late})
    else:
        state = _state("accepted", _("已完成")) if done else _state("waiting", _("等待回执"))
    return [_("告知已接收方"), when, text, _entry(effect.entry_id), state]


def _state(tone: str, text: str) -> dict[str, str]:
    return {"tone": tone, "text": text}


def _entry(entry_id: int) -> Any:
    index = ledger.index_of(entry_id)
    return {"code": str(index)} if index is not None else _("待编号")
