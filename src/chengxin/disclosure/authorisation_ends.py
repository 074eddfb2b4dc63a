"""到期告知: a few days before an authorisation ends, and once it has ended, both sides are told; each once.

The end itself is a comparison at every read and waits for none of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from chengxin.accounts.services import deliver
from chengxin.catalogue import lawbook
from chengxin.disclosure import authorisation_artefact as artefact
from chengxin.disclosure.authorisations import SUBJECT_LINK, UNIT_LINK, purpose_name, short, state
from chengxin.disclosure.models import LONGEST_DAYS, Authorisation, AuthorisationArtefact

LATEST = timedelta(days=31)
"""Of an end longer ago than this nobody is told any more: the platform stood still, or was older than this notice."""


def due(today: date) -> bool:
    """Tell whether somebody has still to be told of an end."""
    return next(_waiting(today), None) is not None


def run(*, now: datetime, today: date) -> int:
    """Tell both sides of every end that is near or over, sign what has become of each, and return how many there were.

    Stopped at any point, the next run goes on; of two at once each end is told by one.
    """
    told = [_tell(each.pk, act, now, today) for each, act in list(_waiting(today))]
    return sum(told)


def _waiting(today: date) -> Iterator[tuple[Authorisation, str]]:
    """Yield each authorisation of whose end somebody has still to be told, and which notice it is."""
    notice = lawbook.current().integer("authorisation.notice_days", today)
    ended = AuthorisationArtefact.objects.filter(authorisation=OuterRef("pk"), act="expired")
    warned = AuthorisationArtefact.objects.filter(authorisation=OuterRef("pk"), act="ending")
    recent = Authorisation.objects.filter(since__gte=today - LATEST - timedelta(days=LONGEST_DAYS), withdrawn_at=None)
    for each in recent.filter(~Exists(ended)).annotate(warned=Exists(warned)).order_by("since", "pk").iterator():
        act = _notice(each, notice, today)
        if act == "expired" or (act == "ending" and not each.warned):
            yield each, act


def _notice(each: Authorisation, notice: int, today: date) -> str:
    """Return which notice is due: ending, expired, or none."""
    until, standing = each.until, state(each, today)
    if until is None or standing not in ("live", "ended"):
        return ""
    if standing == "ended":
        return "expired" if today <= until + LATEST else ""
    return "ending" if each.days > notice and today >= until - timedelta(days=notice) else ""


def _tell(authorisation_id: UUID, act: str, now: datetime, today: date) -> bool:
    with transaction.atomic():
        each = Authorisation.objects.select_for_update().get(pk=authorisation_id)
        done = AuthorisationArtefact.objects.filter(authorisation=each, act=act).exists()
        if done or state(each, today) not in ("live", "ended"):
            return False
        artefact.sign(each, act, None, now=now)
        _deliver(each, act, now)
    return True


def _deliver(each: Authorisation, act: str, now: datetime) -> None:
    told = {
        "number": short(each.pk),
        "agency": each.grantee.name_zh,
        "purpose": purpose_name(each.purpose),
        "until": each.until,
    }
    if act == "ending":
        title = _("查询授权即将到期")
        subject = _("您给%(agency)s的授权（用途“%(purpose)s”）到 %(until)s 为止，之后自动失效，您不用办理什么。")
        unit = _("授权 %(number)s（用途“%(purpose)s”）到 %(until)s 为止。之后还需要查询的，请重新申请。")
    else:
        title = _("查询授权已到期")
        subject = _("您给%(agency)s的授权（用途“%(purpose)s”）已于 %(until)s 到期，对方不能再凭它查询。")
        unit = _("授权 %(number)s（用途“%(purpose)s”）已于 %(until)s 到期，不能再凭它查询。需要的请重新申请。")
    deliver(each.subject_id, "authorisation", title, subject % told, now=now, link=SUBJECT_LINK)
    deliver(each.grantee_id, "authorisation", title, unit % told, now=now, link=UNIT_LINK)
