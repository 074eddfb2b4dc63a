"""信用应用: what agencies looked up in a month, counted for the appraisal; no subject and no purpose is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from chengxin.disclosure.models import Access, EnquiryOrder, Outcome, ReportBatch
from chengxin.monitoring.selectors import by_units, start_of
from chengxin.registry.models import SubjectKind
from chengxin.rules import quality
from chengxin.rules.appraisal import Use


def uses(month: date, agencies: Collection[UUID]) -> Mapping[UUID, Use]:
    """Return for each agency how many organisations it looked up, each once, and how many whole lists of them.

    A list is an approved order for many, a batch of reports, or one screening of several. Persons are not counted: a
    figure that grows with reads of persons would reward them.
    """
    looked = _looks(month).filter(agency__in=agencies)
    companies = looked.order_by().values_list("agency").annotate(n=Count("subject", distinct=True))
    batches = _batches(month, agencies, looked)
    by_agency = dict(companies)
    return {each: Use(by_agency.get(each, 0), batches[each]) for each in agencies}


def _looks(month: date) -> QuerySet[Access]:
    first, after = _span(month)
    answered = by_units().filter(at__gte=first, at__lt=after, outcome=Outcome.ANSWERED)
    return answered.exclude(subject__kind=SubjectKind.PERSON)


def _batches(month: date, agencies: Collection[UUID], looked: QuerySet[Access]) -> dict[UUID, int]:
    first, after = _span(month)
    orders = EnquiryOrder.objects.filter(agency__in=agencies, approved=True, asked_at__gte=first, asked_at__lt=after)
    orders = orders.exclude(subject_kind=SubjectKind.PERSON)
    reports = ReportBatch.objects.filter(agency__in=agencies, at__gte=first, at__lt=after)
    many = looked.order_by().values("agency", "entry").annotate(rows=Count("pk")).filter(rows__gt=1)
    found: dict[UUID, int] = defaultdict(int)
    for told in (orders, reports, many):
        for agency in told.values_list("agency", flat=True):
            found[agency] += 1
    return found


def _span(month: date) -> tuple[datetime, datetime]:
    return start_of(month), start_of(quality.following(month))
