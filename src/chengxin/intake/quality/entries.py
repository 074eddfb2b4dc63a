"""What people enter beside the counts: items an agency must supply, its monthly table, points nobody can count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from chengxin.accounts.models import Agency, User
from chengxin.catalogue import selectors as catalogue
from chengxin.intake.models import HandPoint, MonthFigure, MonthlyTable, SupplyDuty
from chengxin.intake.policies import check_may_submit
from chengxin.intake.quality import counting, months
from chengxin.intake.quality.access import check_may_appraise
from chengxin.intake.quality.schemes import scheme_of
from chengxin.ledger import services as ledger
from chengxin.rules import quality
from chengxin.rules.errors import Refusal


class MonthNotOver(Refusal):
    """The month still runs."""

    code = "month_not_over"


class TableFiled(Refusal):
    """The table of that month was filed already."""

    code = "monthly_table_filed"


class ReasonMissing(Refusal):
    """Points were entered without a reason."""

    code = "points_without_reason"


class UnknownDuty(Refusal):
    """A code is not an item in force."""

    code = "duty_unknown"


def check_over(month: date, today: date) -> None:
    """Raise MonthNotOver unless the month has ended."""
    if today <= quality.last_of(month):
        raise MonthNotOver(
            f"{month:%Y-%m} 还没有结束。请在 {quality.following(month)} 以后办理。",
            f"{month:%Y-%m} is not over. Come back from {quality.following(month)} on.",
        )


def duty_codes(agency: Agency, month: date) -> list[str]:
    """Return the codes of the items an agency must supply in a month."""
    found = months.duties_in(month).filter(agency=agency)
    return sorted(set(found.values_list("item__code", flat=True)))


@transaction.atomic
def set_duties(agency: Agency, codes: Collection[str], *, actor: User, now: datetime, today: date) -> None:
    """Let an agency's duties be these items from this month on; those it no longer has end with the last month."""
    check_may_appraise(agency, actor)
    known = {each.item.code: each.item for each in catalogue.items(today)}
    if set(codes) - set(known):
        raise UnknownDuty("有目录项当日没有生效。请从列表中选择。", "An item is not in force. Choose from the list.")
    Agency.objects.select_for_update().get(pk=agency.pk)
    first = quality.first_of(today)
    open_ones = SupplyDuty.objects.filter(agency=agency, until=None)
    ended = open_ones.exclude(item__code__in=codes)
    ended.filter(since__gte=first).delete()
    ended.update(until=first - quality.ONE_DAY)
    held = set(open_ones.values_list("item__code", flat=True))
    SupplyDuty.objects.bulk_create(
        SupplyDuty(agency=agency, item=known[code], since=first, entered_by=actor) for code in sorted(set(codes) - held)
    )
    payload = {"agency": agency.pk, "items": sorted(codes), "actor": actor.pk}
    ledger.append("quality.duties", payload, now=now, public={"agency": agency.uscc})


def table_of(agency: Agency, month: date) -> MonthlyTable | None:
    """Return the table an agency filed for a month."""
    return MonthlyTable.objects.filter(agency=agency, month=month).first()


def table_figures(agency: Agency, month: date) -> list[dict[str, str | int]]:
    """Return the lines of the monthly table: rows received and stored per item with a limit in working days."""
    found = MonthFigure.objects.filter(
        agency=agency, month=month, item__in=months.timed_items(quality.last_of(month))
    ).select_related("item").order_by("item__code")  # fmt: skip
    names = ("received", "stored", "returned", "late")
    return [{"item": row.item.code, **{name: getattr(row, name) for name in names}} for row in found]


def file_table(agency: Agency, month: date, *, actor: User, now: datetime, today: date) -> MonthlyTable:
    """File the table of a month that is over, with figures counted at this moment; a month without any is a nil return.

    Raises NotPermitted, NotYourAgency, MonthNotOver and TableFiled.
    """
    check_may_submit(agency, actor)
    check_over(month, today)
    counting.count(now, month)
    with transaction.atomic():
        Agency.objects.select_for_update().get(pk=agency.pk)
        if table_of(agency, month) is not None:
            raise TableFiled(f"{month:%Y-%m} 的月报表已经报送。", f"The table of {month:%Y-%m} was filed already.")
        figures = table_figures(agency, month)
        made = MonthlyTable.objects.create(agency=agency, month=month, figures=figures, filed_by=actor, filed_at=now)
        payload = {"agency": agency.pk, "month": month.isoformat(), "actor": actor.pk, "figures": figures}
        ledger.append("quality.table", payload, now=now, public={"agency": agency.uscc, "month": month.isoformat()})
    return made


@transaction.atomic
def give_points(
    agency: Agency, month: date, criterion: str, points: int, reason: str, *, actor: User, now: datetime
) -> HandPoint:
    """Enter points for what the platform cannot measure; entering anew replaces, and both entries stay on record.

    Raises NotPermitted, NotEnterable and ReasonMissing.
    """
    check_may_appraise(agency, actor)
    scheme_of(month).check_given(criterion, points)
    if not reason.strip():
        raise ReasonMissing("请写明评分的依据。", "Say on what the points rest.")
    made = HandPoint.objects.create(
        agency=agency, month=month, criterion=criterion, points=points, reason=reason.strip()[:200],
        entered_by=actor, entered_at=now,
    )  # fmt: skip
    payload = {"agency": agency.pk, "month": month.isoformat(), "criterion": criterion, "points": points}
    ledger.append("quality.points", payload | {"actor": actor.pk}, now=now, public={"agency": agency.uscc})
    return made
