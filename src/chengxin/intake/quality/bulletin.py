"""质量通报: the league table of a month that is over, numbered, committed to the log and signed; and its CSV."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.documents_pdf import signed_text
from chengxin.cases.services import serve_notice
from chengxin.catalogue.models import Item
from chengxin.intake.models import Bulletin
from chengxin.intake.quality import counting, months, trends
from chengxin.intake.quality.access import visible
from chengxin.intake.quality.entries import check_over
from chengxin.intake.quality.months import Unit, Uses, nobody_looked
from chengxin.intake.quality.trends import Measure
from chengxin.intake.returns import harmless
from chengxin.ledger import services as ledger
from chengxin.rules.quality import Rate, league, total
from chengxin.vault import services as vault

HEADINGS = (
    "名次", "单位", "统一社会信用代码", "收到行数", "应入库行数", "有效入库行数", "有效入库率", "准确行数", "准确率",
    "限时报送行数", "及时行数", "及时率", "应报目录项", "已报目录项", "完整率", "重复行数", "得分", "可计分", "加分",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One agency's line of the league table; a share that cannot be told is the empty text."""

    rank: int | None
    name: str
    uscc: str
    unit: Unit

    def cells(self) -> list[str]:
        """Return the cells under HEADINGS, nothing of which a spreadsheet takes for a formula."""
        unit, counts = self.unit, self.unit.facts.counts
        timely = unit.timely or Rate(0, 0)
        plain: list[Any] = [
            self.rank or "", self.name, self.uscc, counts.received, *_share(unit.stored), *_share(unit.accurate)[1:],
            timely.whole, *_share(timely)[1:], *_share(unit.complete), counts.duplicate,
            unit.score.earned, unit.score.countable, unit.score.bonus,
        ]  # fmt: skip
        return [harmless(str(each)) for each in plain]


def _share(rate: Rate) -> tuple[int, int, str]:
    return rate.whole, rate.part, rate.percent or ""


def table(month: date, actor: User, today: date, uses: Uses = nobody_looked) -> list[Row]:
    """Return the league table of the agencies an actor may see, best stored rate first; raises NotPermitted."""
    found = {unit.agency.uscc: unit for unit in months.units(month, visible(actor), today, uses)}
    places = league({code: unit.stored for code, unit in found.items()})
    return [Row(each.rank, found[each.name].agency.name_zh, each.name, found[each.name]) for each in places]


def as_csv(rows: Sequence[Row]) -> str:
    """Return the table as CSV text with its headings."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *(row.cells() for row in rows)])
    return out.getvalue()


def issued(month: date) -> list[Bulletin]:
    """Return the bulletins of a month, newest first."""
    return list(Bulletin.objects.filter(month=month).select_related("issued_by__agency").order_by("-edition"))


def newest(most: int = 12) -> list[Bulletin]:
    """Return the bulletins issued last, of whatever month."""
    return list(Bulletin.objects.select_related("issued_by__agency").order_by("-issued_at", "-number")[:most])


def one(number: str) -> Bulletin | None:
    """Return a bulletin by its number."""
    return Bulletin.objects.select_related("issued_by__agency", "entry").filter(number=number).first()


def issue(month: date, *, actor: User, now: datetime, today: date, uses: Uses = nobody_looked) -> Bulletin:
    """Issue the bulletin of a month with figures counted at this moment; figures that did not move make no new one.

    Raises NotPermitted unless the actor runs the appraisal of the whole province, MonthNotOver and NoScheme.
    """
    check_may(actor, Permission.MANAGE_CATALOGUE, "")
    check_over(month, today)
    counting.count(now, month)
    with transaction.atomic():
        # The catalogue's first row stands for the lock: two issues of one month follow each other.
        Item.objects.select_for_update().order_by("pk").first()
        rows = table(month, actor, today, uses)
        text, body = as_csv(rows), _body(month, rows)
        last = issued(month)[:1]
        if last and last[0].table == text and last[0].body == body:
            return last[0]
        edition = last[0].edition + 1 if last else 1
        number = f"TB-{month:%Y%m}-{edition:02d}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        leaf = {"number": number, "sha256": digest}
        entry = ledger.append("quality.bulletin", leaf | {"actor": actor.pk}, now=now, public=leaf)
        made = Bulletin.objects.create(
            month=month, edition=edition, number=number, body=body, table=text, sha256=digest,
            issued_by=actor, issued_at=now, entry=entry,
        )  # fmt: skip
        _hand_out(made, rows, now)
        return made


def _hand_out(made: Bulletin, rows: Sequence[Row], now: datetime) -> None:
    """Tell every source that the bulletin is there; where it stands in it says the page behind the link."""
    title = _("%(month)s 归集质量通报 %(number)s 已签发") % {"month": f"{made.month:%Y-%m}", "number": made.number}
    body = _("通报及其数据表可在“归集质量”页下载；本单位的名次和各项比率也在该页。数字有误的，请向信用中心提出。")
    for row in rows:
        link = f"/console/quality/{row.unit.agency.pk}/?month={made.month:%Y-%m}"
        serve_notice(row.unit.agency.pk, "quality_bulletin", title, body, now=now, link=link)


def signature(bulletin: Bulletin) -> str:
    """Return the platform's signature over number and digest, as documents carry it, in base64."""
    return base64.b64encode(vault.sign(signed_text(bulletin.number, bulletin.sha256))).decode()


def _body(month: date, rows: Sequence[Row]) -> dict[str, Any]:
    """Return what the bulletin shows beside its table: sums, trends and the scheme it was appraised under."""
    agencies = [row.unit.agency.pk for row in rows]
    scheme = months.scheme_of(month)
    return {
        "scheme": f"{scheme.zh}（{scheme.since} 起）",
        "basis": str(scheme.basis),
        "verified": scheme.verified,
        "note": scheme.note,
        "least": scheme.least_rows,
        "thresholds": {measure.value: trends.threshold(measure, scheme) for measure in Measure},
        "sums": asdict(total(row.unit.facts.counts for row in rows)),
        "trends": {
            measure.value: [[each.isoformat(), rate.part, rate.whole, rate.least] for each, rate in points]
            for measure, points in trends.trends(month, agencies).items()
        },
        "bars": [[row.name, row.unit.stored.part, row.unit.stored.whole] for row in rows],
    }
