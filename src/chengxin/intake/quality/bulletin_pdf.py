"""The bulletin as PDF, set like the official documents; the same bulletin is the same bytes, always."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from chengxin.cases.typesetting import typeset
from chengxin.intake.models import Bulletin
from chengxin.intake.quality import plots
from chengxin.intake.quality.bulletin import signature
from chengxin.ledger import services as ledger
from chengxin.rules.quality import Rate

SHEET = Path(__file__).with_name("bulletin.typ")
# The columns of the table that fit the sheet, in their order: places in the CSV.
_SHOWN = {
    "名次": (0,), "单位": (1,), "有效入库率": (6, 5, 4), "准确率": (8, 7, 4), "及时率": (11, 10, 9),
    "完整率": (14, 13, 12), "重复": (15,), "得分/可计分": (16, 17),
}  # fmt: skip

TREND_TITLES = {
    "stored": "有效入库率（%）", "complete": "完整率（%）", "accurate": "准确率（%）", "timely": "及时率（%）",
    "duplicates": "重复率（%）",
}  # fmt: skip


def pdf(bulletin: Bulletin, *, now: datetime) -> bytes:
    """Return the bulletin as PDF; ``now`` only numbers a leaf that has no number yet."""
    index = ledger.proof(bulletin.entry_id, now=now, with_payload=False)["index"]
    return typeset(SHEET, _paper(bulletin, index))


def _paper(bulletin: Bulletin, index: int | None) -> dict[str, object]:
    body, agency = bulletin.body, bulletin.issued_by.agency
    day = timezone.localtime(bulletin.issued_at).date()
    return {
        "title": f"公共信用信息归集质量通报（{bulletin.month.year} 年 {bulletin.month.month} 月）",
        "number": bulletin.number,
        "authority": agency.name_zh if agency else "公共信用信息平台",
        "date": f"{day.year} 年 {day.month} 月 {day.day} 日",
        "summary": _summary(bulletin),
        "columns": list(_SHOWN),
        "rows": _rows(bulletin),
        "trends": _trends(body),
        "bars": plots.bars("bars", "各单位有效入库率（%）",
                           [(name, Rate(part, whole, body["least"])) for name, part, whole in body["bars"]]),
        "notes": _notes(bulletin),
        "proof": [
            ("数据表（CSV）SHA-256", bulletin.sha256),
            ("存证序号", "无" if index is None else str(index)),
            ("平台签名（Ed25519）", signature(bulletin)),
            ("核验", "网站“文书核验”页输入编号、摘要和签名"),
        ],
    }  # fmt: skip


def _trends(body: dict[str, Any]) -> list[dict[str, str]]:
    """Return the plots with their titles; a bulletin of the time when only one rate was followed keeps its one plot."""
    if "trend" in body:
        points = [(date.fromisoformat(each), Rate(part, whole, body["least"])) for each, part, whole in body["trend"]]
        svg = plots.trend("trend", "全部单位有效入库率（%）", points, body["threshold"])
        return [{"title": "全部单位有效入库率，近十二个月（%）；虚线为合格线", "svg": svg}]
    return [_trend(name, title, body) for name, title in TREND_TITLES.items()]


def _trend(name: str, title: str, body: dict[str, Any]) -> dict[str, str]:
    points = [(date.fromisoformat(each), Rate(*figures)) for each, *figures in body["trends"][name]]
    return {"title": title, "svg": plots.trend(f"trend-{name}", f"全部单位{title}", points, body["thresholds"][name])}


def _summary(bulletin: Bulletin) -> str:
    sums = bulletin.body["sums"]
    supplied = sums["received"] - sums["mended"] - sums["duplicate"]
    return (
        f"本月 {len(bulletin.body['bars'])} 个信源单位共报送 {sums['received']} 行，其中应入库 {supplied} 行，"
        f"有效入库 {sums['stored']} 行，退回 {sums['returned']} 行，待判定或待入库 {sums['pending']} 行，"
        f"重复 {sums['duplicate']} 行。"
    )


def _rows(bulletin: Bulletin) -> list[list[str]]:
    lines = list(csv.reader(io.StringIO(bulletin.table)))[1:]
    return [[_cell([line[at] for at in places]) for places in _SHOWN.values()] for line in lines]


def _cell(found: list[str]) -> str:
    if len(found) == 1:
        return found[0] or "—"
    if len(found) == 2:
        return f"{found[0]}/{found[1]}"
    share, part, whole = found
    return f"{share + ' %' if share else '—'}（{part}/{whole}）"


def _notes(bulletin: Bulletin) -> list[str]:
    body = bulletin.body
    return [
        "一行计入其文件报送当日（上海时间）所在的月份；以后退回、改正、更正或者撤回的，改计该月。",
        "应入库行数＝收到－已重报（重报后另计）－重复。有效入库率＝有效入库÷应入库。",
        "准确率＝（应入库－退回－事后更正、异议删除或因报送有误撤回）÷应入库。",
        "及时率＝限时报送的行中未超过法定工作日的÷限时报送的行。完整率＝已报目录项÷应报目录项。重复率＝重复÷（收到－网页改后重报）。",
        f"比率向下取一位小数；不足 {body['least']} 行的不计比率、不排名次。不能测量的指标不计分，也不折算。",
        f"考核方案：{body['scheme']}。依据：{body['basis']}{'' if body['verified'] else '（待核）'}。{body['note']}",
    ]
