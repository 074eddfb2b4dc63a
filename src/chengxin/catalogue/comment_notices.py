"""Who is told of a comment period: every agency that files records when it opens, and who commented of the answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from chengxin.accounts import selectors as accounts
from chengxin.cases.services import serve_notice
from chengxin.catalogue.models import Change

LINK = "/console/catalogue/comments/{}/"


def opened(change: Change, now: datetime) -> int:
    """Tell every source that a change is open to comment, and return how many were told."""
    title = _("目录变更第 %(n)s 号征求意见：%(subject)s") % {"n": change.number, "subject": change.subject}
    body = _("请于 %(day)s 以前提出意见；没有意见的，不必回复。变更内容和意见表见链接。") % {
        "day": change.comment_until.isoformat() if change.comment_until else ""
    }
    sources = list(accounts.agencies(files_records=True).order_by("uscc").values_list("pk", flat=True))
    for agency in sources:
        serve_notice(agency, "catalogue_comment", title, body, now=now, link=LINK.format(change.pk))
    return len(sources)


def answered(change: Change, agency: UUID, now: datetime) -> None:
    """Tell an agency that its comment was answered; the answer stands behind the link and not in the notice."""
    title = _("目录变更第 %(n)s 号：意见已答复") % {"n": change.number}
    body = _("本单位对该变更提出的意见已经答复，见链接。")
    serve_notice(agency, "catalogue_answer", title, body, now=now, link=LINK.format(change.pk))
