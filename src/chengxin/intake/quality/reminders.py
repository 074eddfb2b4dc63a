"""The next limits of every source, and one reminder in its mailbox at each stage before each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chengxin.accounts import selectors as accounts
from chengxin.accounts.models import Agency
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.intake.models import MonthFigure, MonthlyTable, QualityReminder, Submission
from chengxin.intake.quality import months
from chengxin.intake.quality.counting import is_timed
from chengxin.intake.quality.schemes import NoScheme, scheme_of
from chengxin.rules import quality, workdays
from chengxin.rules.dated import LawGap
from chengxin.rules.workdays import CalendarGap

TABLE, MONTHLY, RETURNED = "table", "monthly", "returned"
# Longer than any limit in working days reaches, holidays included.
_LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of one agency: what must be done by ``due_on``; ``about`` names the month, item or file."""

    agency: UUID
    kind: str
    about: str
    due_on: date
    what: str
    basis: str

    def stage(self, today: date) -> date | None:
        """Return the newest day of reminding that has come."""
        return quality.stage(self.due_on, scheme_of(quality.first_of(today)).remind_days, today)


def limits(today: date, agencies: Collection[UUID]) -> list[Limit]:
    """Return what each agency still has to do and by when, the earliest first."""
    found = [*_tables(today, agencies), *_items(today, agencies), *_files(today, agencies)]
    return sorted(found, key=lambda each: (each.due_on, each.kind, each.about))


def due(today: date) -> list[tuple[Limit, date]]:
    """Return the reminders that have come and were not sent, each with its stage; none where no scheme is in force."""
    try:
        scheme_of(quality.first_of(today))
    except NoScheme:
        return []
    everyone = list(accounts.agencies(files_records=True).values_list("pk", flat=True))
    come = [(limit, stage) for limit in limits(today, everyone) if (stage := limit.stage(today))]
    sent = set(
        QualityReminder.objects.filter(stage__gte=today - _LOOK_BACK).values_list("agency_id", "kind", "about", "stage")
    )
    return [(limit, stage) for limit, stage in come if (limit.agency, limit.kind, limit.about, stage) not in sent]


def run(*, now: datetime, today: date) -> int:
    """Send every reminder that is due, once; a killed run goes on where it stopped."""
    return sum(_remind(limit, stage, now) for limit, stage in due(today))


def _remind(limit: Limit, stage: date, now: datetime) -> bool:
    about = {"agency_id": limit.agency, "kind": limit.kind, "about": limit.about, "stage": stage}
    body = _("%(what)s期限：%(day)s。依据：%(basis)s") % {
        "what": limit.what,
        "day": limit.due_on.isoformat(),
        "basis": limit.basis,
    }
    with transaction.atomic():
        # Two workers wait for each other at the agency's row, so the second one sees what the first one sent.
        Agency.objects.select_for_update().get(pk=limit.agency)
        if QualityReminder.objects.filter(**about).exists():
            return False
        link = f"/console/quality/{limit.agency}/"
        notice = serve_notice(limit.agency, "quality_reminder", _("报送期限提醒"), body, now=now, link=link)
        QualityReminder.objects.create(notice=notice, **about)
    return True


def _tables(today: date, agencies: Collection[UUID]) -> Iterator[Limit]:
    """The table of last month, for those who must file it and have not."""
    month = quality.months_back(today, 2)[0]
    scheme = scheme_of(month)
    if today > scheme.table_due(month):
        return
    bound = months.bound_to_table(month, agencies)
    bound -= set(MonthlyTable.objects.filter(month=month).values_list("agency_id", flat=True))
    what = _("%(month)s 双公示月报表尚未报送；没有发生的也请报零。") % {"month": f"{month:%Y-%m}"}
    for agency in bound:
        yield Limit(agency, TABLE, f"{month:%Y-%m}", scheme.table_due(month), what, str(scheme.basis))


def _items(today: date, agencies: Collection[UUID]) -> Iterator[Limit]:
    """Items without a day limit that must come this month and have not."""
    month = quality.first_of(today)
    scheme = scheme_of(month)
    sent = set(MonthFigure.objects.filter(month=month, files__gt=0).values_list("agency_id", "item_id"))
    wanted = months.duties_in(month).filter(agency__in=agencies).exclude(item__in=months.timed_items(today))
    for agency, item, code in wanted.values_list("agency_id", "item_id", "item__code"):
        if (agency, item) not in sent:
            what = _("目录项 %(item)s 本月尚未报送。") % {"item": code}
            yield Limit(agency, MONTHLY, f"{month:%Y-%m} {code}", quality.last_of(month), what, str(scheme.basis))


def _files(today: date, agencies: Collection[UUID]) -> Iterator[Limit]:
    """Files with rows sent back: a decision was made on the day of filing at the latest, and its clock runs."""
    recent = Submission.objects.filter(
        agency__in=agencies, submitted_at__date__gte=today - _LOOK_BACK, counts__returned__gt=0
    ).exclude(state=Submission.State.REFUSED)  # fmt: skip
    for each in recent.select_related("item").only(
        "id", "agency_id", "filename", "submitted_at", "counts", "item__layout"
    ):
        limit = _clock(each) if is_timed(each.item.layout) else None
        if limit and limit.due_on >= today:
            yield limit


def _clock(file: Submission) -> Limit | None:
    """Return the limit of a file's returned rows, or None for a year whose working days nobody has published."""
    came = timezone.localtime(file.submitted_at).date()
    try:
        value = lawbook.current().value(lawbook.layout(file.item.layout).publish_workdays, came)
        last = workdays.add(came, int(str(value.value)), lawbook.calendar()).due_on
    except (CalendarGap, LawGap):
        return None
    what = _(
        "%(day)s 报送的文件有 %(n)s 行被退回，尚未改后重报；用文件改的，请用标注好的表格。更早作出的决定，期限更早。"
    ) % {
        "day": came.isoformat(),
        "n": file.counts["returned"],
    }
    return Limit(file.agency_id, RETURNED, str(file.pk), last, what, str(value.basis))
