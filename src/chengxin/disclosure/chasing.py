"""催办: every day, who has not confirmed a withdrawal in time is reminded in its own inbox, once a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.cases.services import serve_notice
from chengxin.disclosure import fanout, feed
from chengxin.disclosure.models import Chase, Recipient
from chengxin.ui.formats import moment


def due(now: datetime, today: date) -> list[int]:
    """Return the recipients that are late and were not reminded today."""
    late = {each.recipient for each in feed.late(now)}
    return sorted(late - set(Chase.objects.filter(day=today).values_list("recipient_id", flat=True)))


def run(*, now: datetime, today: date) -> int:
    """Remind everyone who is late and was not reminded today; return how many were. A killed run goes on."""
    waiting, owed = set(due(now, today)), defaultdict(list)
    for each in feed.late(now):
        if each.recipient in waiting:
            owed[each.recipient].append(each)
    return sum(_remind(recipient, found, now, today) for recipient, found in owed.items())


def _remind(recipient_id: int, owed: list[feed.Outstanding], now: datetime, today: date) -> bool:
    rule = fanout.rule(today)
    body = _(
        "贵单位（合同 %(contract)s）有 %(n)s 条记录的撤回逾期未确认停止使用，最早的应于 %(since)s 前确认。"
        "请立即停止使用并确认；在确认之前，贵单位列于公开的逾期名单。依据：%(basis)s"
    )
    since = min(each.due_at for each in owed)
    given = {"contract": owed[0].contract_no, "n": len(owed), "since": moment(since), "basis": str(rule.basis)}
    with transaction.atomic():
        recipient = Recipient.objects.select_for_update(of=("self",)).select_related("agency").get(pk=recipient_id)
        if Chase.objects.filter(recipient=recipient, day=today).exists():
            return False
        title = _("撤回逾期未确认")
        notice = serve_notice(
            recipient.agency_id, "withdrawal_overdue", title, body % given, now=now, link="/laggards/"
        )
        Chase.objects.create(recipient=recipient, day=today, count=len(owed), since=since, notice=notice)
    return True
