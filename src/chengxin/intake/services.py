"""归集: an agency's file is received, checked, matched and admitted; whatever happens, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction

from chengxin.accounts.models import Agency, User
from chengxin.catalogue.models import ItemVersion
from chengxin.catalogue.selectors import version_in_force
from chengxin.intake import carried, receiving, refiled, trial
from chengxin.intake.admitting import admit_all
from chengxin.intake.checking import check, knows
from chengxin.intake.models import RowState, Submission, SubmissionRow
from chengxin.intake.policies import check_may_submit
from chengxin.intake.readers.read import read_table
from chengxin.intake.readers.spool import Upload, spooled
from chengxin.intake.readers.table import Table
from chengxin.intake.trial import Tried
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.rules.text import normalise
from chengxin.vault import services as vault


class ConsentNeeded(Refusal):
    """Charter C03: the item is collected only with that person's own written consent, so no file can bring it."""

    code = "consent_needed"


@dataclass(frozen=True)
class Rehearsal:
    """What would become of a file: its counts, and the rows there is something to say about. Nothing is stored.

    ``how`` says in Chinese and English how a text was split into columns, "" where there was no choice.
    """

    submission: Submission
    told: list[Tried]
    how: tuple[str, str] = ("", "")


def submit(
    agency: Agency,
    item_code: str,
    filename: str,
    stream: IO[bytes],
    *,
    actor: User,
    now: datetime,
    today: date,
    dry_run: bool = False,
) -> Submission:
    """Take in a file and return its submission with every row admitted, returned, waiting or known already.

    The same file again returns the submission there is (``submitted_at`` tells) and changes nothing; one that was
    interrupted is brought to its end. Raises NotPermitted, NotASource, NoItemInForce, ConsentNeeded, FileRefused. A
    refused file leaves a line with the reason, and none of its content. A dry run stores nothing at all.
    """
    check_may_submit(agency, actor)
    item = collectable(item_code, today)
    fresh = _fresh(agency, item, filename, actor, now)
    if dry_run:
        return _rehearse(fresh, stream, today).submission
    with _refusal_kept(fresh), spooled(stream) as upload:
        _describe(fresh, upload)
        submission = _standing(fresh) or _receive(fresh, upload, today)
    return resume(submission.id, now=now, today=today)


def submit_rows(
    agency: Agency,
    item_code: str,
    filename: str,
    table: Table,
    digest: str,
    *,
    actor: User,
    now: datetime,
    today: date,
    besides: receiving.Besides,
) -> Submission:
    """Take in rows that came in no file of their own, known again by a digest; otherwise as ``submit``.

    ``besides`` is done in the transaction that keeps the rows. A refused table leaves nothing behind.
    """
    check_may_submit(agency, actor)
    fresh = _fresh(agency, collectable(item_code, today), filename, actor, now)
    fresh.sha256 = digest
    submission = _standing(fresh) or _kept(fresh, table, today, besides)
    return resume(submission.id, now=now, today=today)


def rehearse(
    agency: Agency, item_code: str, filename: str, stream: IO[bytes], *, actor: User, now: datetime, today: date
) -> Rehearsal:
    """Check a file as ``submit`` would and say what would become of it, without storing anything."""
    check_may_submit(agency, actor)
    return _rehearse(_fresh(agency, collectable(item_code, today), filename, actor, now), stream, today)


def resume(submission_id: UUID, *, now: datetime, today: date) -> Submission:
    """Bring a submission to its end after an interruption; one that is settled is returned as it is."""
    submission = _whole(submission_id)
    if submission.state == Submission.State.VALIDATED:
        admit_all(submission_id, now=now, today=today)
        submission = _whole(submission_id)
    return submission


def resume_all(*, now: datetime, today: date) -> int:
    """Bring every interrupted submission to its end and return how many there were; run after every start."""
    open_ones = Submission.objects.filter(state=Submission.State.VALIDATED).order_by("submitted_at")
    identifiers = list(open_ones.values_list("id", flat=True))
    for identifier in identifiers:
        resume(identifier, now=now, today=today)
    return len(identifiers)


def forget_rows(settled_before: datetime, *, now: datetime) -> int:
    """Destroy the keys of submissions settled before a moment, so that rows sent back can no longer be read.

    Submissions with a question that nobody has answered yet are left alone. Returns how many keys were destroyed.
    """
    waiting = SubmissionRow.objects.filter(state=RowState.WAITING).values("submission_id")
    settled = Submission.objects.filter(settled_at__lt=settled_before, key__wrapped__isnull=False)
    keys = [s.key for s in settled.exclude(id__in=waiting).select_related("key") if s.key]
    return vault.destroy_many(keys, now)


def safe_name(filename: str) -> str:
    """Return the last part of a file name, visible characters only, at most 200; it is shown and never opened."""
    last = PurePosixPath(normalise(filename).replace("\\", "/")).name
    return (last or "file")[-200:]


def collectable(item_code: str, today: date) -> ItemVersion:
    """Return the version of an item that files may bring today; raises NoItemInForce, ConsentNeeded."""
    item = version_in_force(item_code, today)
    if item.needs_consent:
        raise ConsentNeeded(
            "该目录项须经本人书面同意才能归集，不接受批量文件。请由本人在“我的档案”中提交。",
            "This item is collected only with the person's written consent; files are not taken. The person can "
            "file it under “my file”.",
            item=item_code,
        )
    return item


def _fresh(agency: Agency, item: ItemVersion, filename: str, actor: User, now: datetime) -> Submission:
    return Submission(
        agency=agency,
        item=item,
        filename=safe_name(filename),
        size=0,
        state=Submission.State.VALIDATED,
        submitted_by=actor,
        submitted_at=now,
    )


def _describe(submission: Submission, upload: Upload) -> None:
    submission.sha256, submission.size = upload.sha256, upload.size


def _standing(fresh: Submission) -> Submission | None:
    """Return the submission in which the same agency sent the same file for the same item."""
    same = Submission.objects.filter(agency=fresh.agency, item__item=fresh.item.item, sha256=fresh.sha256)
    return same.exclude(state=Submission.State.REFUSED).first()


def _receive(fresh: Submission, upload: Upload, today: date) -> Submission:
    return _kept(fresh, read_table(upload, knows(fresh.item, today)), today)


def _kept(fresh: Submission, table: Table, today: date, besides: receiving.Besides | None = None) -> Submission:
    # What is mended in the browser was changed, so there is nothing to keep; and its rows go back to their file.
    known = None if besides else carried.find(fresh, table, today)
    checked = check(table, fresh.item, today, agency=fresh.agency, settled=known.verdicts if known else ())
    fresh.kind, fresh.encoding = checked.table.kind, checked.table.encoding
    fresh.headings, fresh.notes = list(checked.table.headings), [*checked.notes, *(known.notes() if known else [])]
    try:
        if known is None:
            return receiving.keep(fresh, checked, today, besides)
        return receiving.keep(fresh, checked, today, refiled.besides(table, known), (table, known))
    except IntegrityError:
        # Somebody sent the same file in the same moment, and theirs stands; or nothing could be written down.
        same = {"agency": fresh.agency, "item": fresh.item, "sha256": fresh.sha256}
        theirs = Submission.objects.exclude(state=Submission.State.REFUSED).filter(**same).first()
        if theirs is None:
            raise
        return theirs


def _rehearse(fresh: Submission, stream: IO[bytes], today: date) -> Rehearsal:
    with spooled(stream) as upload:
        _describe(fresh, upload)
        table = read_table(upload, knows(fresh.item, today))
        known = carried.find(fresh, table, today)
        checked = check(table, fresh.item, today, agency=fresh.agency, settled=known.verdicts)
    fresh.notes, fresh.headings = [*checked.notes, *known.notes()], list(checked.table.headings)
    return Rehearsal(fresh, trial.tried(fresh, checked, (table, known), today), checked.table.how)


@contextmanager
def _refusal_kept(fresh: Submission) -> Iterator[None]:
    """Keep one line about a refused file, so that the agency and the centre can see what happened, then refuse."""
    try:
        yield
    except Refusal as refusal:
        fresh.state, fresh.settled_at = Submission.State.REFUSED, fresh.submitted_at
        fresh.refusal = {"code": refusal.code, "zh": refusal.zh, "en": refusal.en}
        with transaction.atomic(durable=True):
            fresh.save(force_insert=True)
            public = {"agency": fresh.agency.uscc, "item": fresh.item.item.code, "code": refusal.code}
            payload = {"submission": fresh.id, "sha256": fresh.sha256}
            ledger.append("submission.refused", payload, now=fresh.submitted_at, public=public)
        raise


def _whole(submission_id: UUID) -> Submission:
    return Submission.objects.select_related("agency", "item__item", "key").get(id=submission_id)
