"""征求意见: anybody may comment on a change while it is open; each comment is answered before the approval."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import NotPermitted
from chengxin.catalogue import change_reading, comment_notices
from chengxin.catalogue.change_policies import check_step
from chengxin.catalogue.models import Change, ChangeComment, ChangeStep
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault
from chengxin.vault.services import Place

TRIES: Final = 5
WINDOW: Final = timedelta(hours=1)
LONGEST: Final = 4000
TABLE: Final = "catalogue_changecomment"


class CommentsClosed(Refusal):
    """The change is not open to comment today."""

    code = "comments_closed"


class NothingSaid(Refusal):
    """A comment, or an answer, without a word."""

    code = "comment_empty"


class TooLong(Refusal):
    """A comment, or an answer, of more characters than are kept."""

    code = "comment_too_long"


class TooManyComments(Refusal):
    """Too many comments from one address."""

    code = "too_many_comments"


class NoSuchComment(Refusal):
    """There is no such comment on this change, or it was answered already."""

    code = "no_such_comment"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says, and the name and the way to reach them if they want to leave these."""

    text: str
    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as officers and its own agency read it; ``said`` is None once its key was destroyed."""

    id: UUID
    number: str
    agency: Agency | None
    made_at: datetime
    said: Said | None
    answer: str
    answered_at: datetime | None


def from_the_public(number: int, said: Said, address: str, *, now: datetime, today: date) -> str:
    """Take a comment of anybody on a change by its number and return the comment's own number.

    Raises NoSuchChange, CommentsClosed, NothingSaid, TooLong and TooManyComments.
    """
    index = vault.blind_index("comment_address", address)
    recent = ChangeComment.objects.filter(address_index=index, made_at__gt=now - WINDOW)
    if recent.count() >= TRIES:
        raise TooManyComments(
            "同一地址一小时内提出的意见过多，请稍后再提；要补充的，可以写在一条里。",
            "Too many comments from here within the hour. Wait, or say all of it in one comment.",
        )
    made = _take(change_reading.numbered(number).pk, said, now, today, address_index=index)
    return _number(made)


def forget_addresses(now: datetime) -> int:
    """Forget where comments came from that count no more, and return how many these were."""
    old = ChangeComment.objects.filter(address_index__isnull=False, made_at__lte=now - WINDOW)
    return old.update(address_index=None)


def from_an_agency(change_id: UUID, text: str, *, actor: User, now: datetime, today: date) -> str:
    """Take a comment in the name of the officer's agency; raises NotPermitted for who belongs to none."""
    check_speaks_for_an_agency(actor)
    return _number(_take(change_id, Said(text), now, today, agency=actor.agency, author=actor))


def check_speaks_for_an_agency(actor: User) -> None:
    """Raise NotPermitted unless the actor belongs to an agency."""
    if actor.agency_id is None:
        raise NotPermitted(
            "只有单位的工作人员可以在这里以单位名义提出意见；个人请到公开网站“信息目录”页提出。",
            "Only officers comment here, in the name of their unit. Others comment on the public catalogue page.",
        )


@transaction.atomic
def answer(comment_id: UUID, text: str, *, actor: User, now: datetime, today: date) -> None:
    """Answer a comment, once; raises NoSuchComment, NotPermitted, WorkflowRefusal and NothingSaid."""
    found = ChangeComment.objects.select_for_update().filter(pk=comment_id, answered_at=None).first()
    if found is None:
        raise NoSuchComment(
            "没有这条意见，或者已经答复。请刷新页面。", "There is no such comment, or it was answered. Reload the page."
        )
    change = Change.objects.select_for_update().get(pk=found.change_id)
    check_step(change, "answer", actor, today=today, reason=text)
    sealed = vault.seal(found.key, _checked(text).encode(), Place(TABLE, "answer", str(found.pk)))
    ChangeComment.objects.filter(pk=found.pk).update(sealed_answer=sealed, answered_by=actor, answered_at=now)
    _step(change, "answer", actor, now, _leaf(change, "answer", found.pk, text, actor, now))
    if found.agency_id is not None:
        comment_notices.answered(change, found.agency_id, now)


def of_change(change: Change, agency: Agency | None = None) -> list[Comment]:
    """Return the comments on a change, oldest first; with an agency, only its own."""
    found = ChangeComment.objects.filter(change=change).select_related("agency", "key").order_by("made_at", "pk")
    return [_opened(each) for each in (found.filter(agency=agency) if agency else found)]


def for_the_desk(change: Change, actor: User) -> list[Comment]:
    """Return the comments on a change to who has a part in changing the catalogue; raises NotPermitted."""
    if not change_reading.may_enter(actor):
        raise NotPermitted(
            "您没有目录变更的权限；请联系本单位管理员。", "You hold no role at this desk; ask your unit."
        )
    return of_change(change)


def counted(change: Change) -> tuple[int, int]:
    """Return how many comments came in on a change and how many of them are answered."""
    found = ChangeComment.objects.filter(change=change)
    return found.count(), found.filter(answered_at__isnull=False).count()


@transaction.atomic
def _take(change_id: UUID, said: Said, now: datetime, today: date, **whose: Any) -> ChangeComment:
    """Seal a comment and write its step and its leaf; the change itself is as it was, so nobody's page grows old."""
    change = Change.objects.select_for_update().filter(pk=change_id).first()
    if change is None or change.state != "comment" or change.comment_until is None or today > change.comment_until:
        raise CommentsClosed(
            "这件变更现在不在征求意见期内。请在“信息目录”页查看正在征求意见的变更。",
            "This change is not open to comment now. The catalogue page lists those that are.",
        )
    made = ChangeComment(change=change, key=vault.new_key(now), made_at=now, **whose)
    plain = json.dumps(asdict(said) | {"text": _checked(said.text)}, ensure_ascii=False)
    made.sealed = vault.seal(made.key, plain.encode(), Place(TABLE, "sealed", str(made.pk)))
    made.entry = _leaf(change, "comment", made.pk, plain, made.author, now)
    made.save(force_insert=True)
    _step(change, "comment", made.author, now, made.entry)
    return made


def _leaf(change: Change, act: str, comment: UUID, text: str, actor: User | None, now: datetime) -> Entry:
    """Commit to what was said without holding it: the leaf keeps a digest that is salted like every leaf."""
    payload = {
        "change": str(change.pk), "comment": str(comment), "by": str(actor.pk) if actor else "",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    public = {"act": act, "number": change.number, "subject": change.subject, "state": change.state}
    return ledger.append("catalogue.change", payload, now=now, public=public)


def _step(change: Change, action: str, actor: User | None, now: datetime, entry: Entry) -> None:
    ChangeStep.objects.create(
        change=change, action=action, state=change.state, actor=actor, at=now, content=change.content, entry=entry
    )


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise NothingSaid("请写明内容。", "Say something.")
    if len(said) > LONGEST:
        raise TooLong(
            f"内容有 {len(said)} 字，最多 {LONGEST} 字。请分成几条。",
            f"The text has {len(said)} characters; {LONGEST} is the most. Make several of it.",
        )
    return said


def _opened(found: ChangeComment) -> Comment:
    sealer = None if found.key.wrapped is None else vault.sealer_for(found.key)
    said = answer = None
    if sealer is not None:
        said = Said(**json.loads(sealer.open(bytes(found.sealed), Place(TABLE, "sealed", str(found.pk)))))
        sealed = found.sealed_answer
        answer = sealer.open(bytes(sealed), Place(TABLE, "answer", str(found.pk))).decode() if sealed else ""
    return Comment(
        found.pk, _number(found), found.agency, found.made_at, said, answer or "", found.answered_at
    )  # fmt: skip


def _number(found: ChangeComment) -> str:
    """Return the number by which somebody speaks of a comment: random, and of nothing but this comment."""
    return found.pk.hex[:8].upper()
