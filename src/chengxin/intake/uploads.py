"""上传: a file comes in piece by piece, so that a lost connection costs one piece; sealed until it is filed."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from chengxin.accounts.models import Agency, User
from chengxin.intake import archives, services
from chengxin.intake.archives import Outcome
from chengxin.intake.column_faults import ColumnsUnknown
from chengxin.intake.models import Submission, Upload, UploadPiece
from chengxin.intake.policies import check_may_submit
from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.faults import FileRefused
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault
from chengxin.vault.services import Place

PIECE = limits.MIB
"""Bytes of every piece but the last."""
KEPT_FOR = timedelta(hours=48)
OPEN_BYTES = 2 * limits.FILE_BYTES
"""What one user may have on the way at a time."""
_MARK = re.compile(r"[0-9a-f]{64}")


class NoSuchUpload(Refusal):
    """No such upload of this user, or its time is over."""

    code = "no_such_upload"


class WrongOffset(Refusal):
    """The piece belongs elsewhere; ``facts["offset"]`` is the place the next piece has to begin at."""

    code = "wrong_offset"


class PieceWrong(Refusal):
    """The piece is not as long as it has to be."""

    code = "piece_wrong"


class UploadIncomplete(Refusal):
    """Bytes of the file are still missing."""

    code = "upload_incomplete"


class TooMuchUnderWay(Refusal):
    """The user has more bytes on the way than are kept for one person."""

    code = "too_much_under_way"


@dataclass(frozen=True, slots=True)
class Described:
    """A file before it is sent: name, size in bytes, and the SHA-256 of its first and last piece together."""

    filename: str
    size: int
    mark: str


def begin(
    agency: Agency, item_code: str, file: Described, *, actor: User, now: datetime, today: date, anew: bool = False
) -> Upload:
    """Open an upload, or return the one of the same file that a break left open; ``anew`` gives that one up.

    Raises NotPermitted, NotYourAgency, NotASource, NoItemInForce, ConsentNeeded, FileTooLarge, FileEmpty,
    PieceWrong, TooMuchUnderWay.
    """
    check_may_submit(agency, actor)
    item = services.collectable(item_code, today).item
    _check(file)
    forget(now)
    same = {"user": actor, "item": item, "filename": services.safe_name(file.filename), "size": file.size}
    same |= {"mark": file.mark, "ended_at": None}
    standing = Upload.objects.filter(agency=agency, **same).first()
    if standing and not anew:
        return standing
    if standing:
        _end([standing], now)
    _check_room(actor, file.size)
    try:
        with transaction.atomic():
            kept = {"agency": agency, "key": vault.new_key(now), "opened_at": now, "expires_at": now + KEPT_FOR}
            return Upload.objects.create(**same, **kept)
    except IntegrityError:
        # The same file was chosen in two windows at the same moment; both go on with one upload.
        return Upload.objects.get(agency=agency, **same)


def one(upload_id: UUID, *, actor: User, now: datetime) -> Upload:
    """Return an upload of the actor; raises NoSuchUpload, whoever else's it may be."""
    return _own(upload_id, actor, now)


def under_way(actor: User, now: datetime) -> list[Upload]:
    """Return what a user has not filed yet, the newest first."""
    found = Upload.objects.filter(user=actor, agency=actor.agency, ended_at=None, expires_at__gt=now)
    return list(found.select_related("item").order_by("-opened_at"))


def pieces(upload: Upload) -> list[dict[str, Any]]:
    """Return place, size and SHA-256 of the pieces that are here, for the sender to compare with the file."""
    found = UploadPiece.objects.filter(upload=upload).order_by("offset").values("offset", "size", "sha256")
    return [dict(each) for each in found]


def append(upload_id: UUID, offset: int, content: bytes, *, actor: User, now: datetime) -> Upload:
    """Take in the next piece and return the upload; raises NoSuchUpload, WrongOffset, PieceWrong."""
    with transaction.atomic():
        upload = _own(upload_id, actor, now, lock=True)
        if upload.ended_at or offset != upload.received:
            raise WrongOffset(
                f"应从第 {upload.received} 字节继续，请按此重发。",
                f"Go on from byte {upload.received}.",
                offset=upload.received,
            )
        due = min(PIECE, upload.size - offset)
        if not due or len(content) != due:
            raise _piece_wrong(due)
        sealed = vault.seal(upload.key, content, _place(upload.id, offset))
        digest = hashlib.sha256(content).hexdigest()
        UploadPiece.objects.create(upload=upload, offset=offset, size=due, sha256=digest, sealed=sealed)
        upload.received += due
        upload.save(update_fields=["received"])
    return upload


def finish(
    upload_ids: Sequence[UUID], *, actor: User, now: datetime, today: date, dry_run: bool = False
) -> list[Outcome]:
    """File whole uploads and say what became of each table; filing twice gives the same submissions.

    After a dry run the uploads stay until they are filed or expire. A refused file is let go of at once, unless its
    columns have to be matched first. Raises NoSuchUpload, UploadIncomplete, and as ``archives.submit_many``.
    """
    uploads = [_own(each, actor, now) for each in dict.fromkeys(upload_ids)]
    for upload in uploads:
        if not upload.ended_at and upload.received < upload.size:
            raise UploadIncomplete(
                "文件还没有传完。请重新选择同一文件，会从断开处继续。",
                "The file is not here in full. Choose the same file again; it goes on where it stopped.",
            )
    return [outcome for upload in uploads for outcome in _filed(upload, actor, now, today, dry_run)]


@contextmanager
def opened(upload: Upload) -> Iterator[IO[bytes]]:
    """Yield the bytes of a whole upload as an unnamed file; raises Erased when it has ended."""
    sealer = vault.sealer_for(upload.key)
    with tempfile.TemporaryFile() as file:
        for piece in UploadPiece.objects.filter(upload=upload).order_by("offset").iterator(chunk_size=4):
            file.write(sealer.open(bytes(piece.sealed), _place(upload.id, piece.offset)))
        file.seek(0)
        yield file


def give_up(upload_id: UUID, *, actor: User, now: datetime) -> None:
    """Let go of an upload; raises NoSuchUpload."""
    _end([_own(upload_id, actor, now)], now)


def forget(now: datetime) -> int:
    """Destroy what expired and return how many uploads that were."""
    over = list(Upload.objects.filter(expires_at__lte=now).select_related("key"))
    if over:
        with transaction.atomic():
            vault.destroy_many([each.key for each in over], now)
            Upload.objects.filter(id__in=[each.id for each in over]).delete()
    return len(over)


def _filed(upload: Upload, actor: User, now: datetime, today: date, dry_run: bool) -> list[Outcome]:
    if upload.ended_at:
        return [_remembered(each) for each in upload.outcome]
    with opened(upload) as file:
        named = [(upload.filename, file)]
        when = {"actor": actor, "now": now, "today": today, "dry_run": dry_run}
        found = list(archives.submit_many(upload.agency, upload.item.code, named, **when))  # type: ignore[arg-type]  # By name.
    refused = [each.refusal for each in found if each.refusal]
    if any(isinstance(each, ColumnsUnknown) for each in refused):
        return found
    if refused or not dry_run:
        _end([upload], now, [_stored(each) for each in found] if not dry_run else [])
    return found


def _stored(outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    said = {"zh": refusal.zh, "en": refusal.en} if refusal else None
    return {
        "name": outcome.name,
        "submission": str(outcome.submission.id) if outcome.submission else None,
        "refusal": said,
    }


def _remembered(stored: dict[str, Any]) -> Outcome:
    said = stored["refusal"]
    refusal = FileRefused(said["zh"], said["en"]) if said else None
    found = Submission.objects.select_related("agency", "item__item").filter(id=stored["submission"]).first()
    return Outcome(stored["name"], found, refusal=refusal)


def _end(uploads: Sequence[Upload], now: datetime, outcome: Sequence[dict[str, Any]] = ()) -> None:
    """Destroy keys first, so that nothing can be read even from a copy of the database."""
    with transaction.atomic():
        vault.destroy_many([each.key for each in uploads], now)
        UploadPiece.objects.filter(upload__in=uploads).delete()
        for upload in uploads:
            upload.ended_at, upload.outcome = now, list(outcome)
            upload.save(update_fields=["ended_at", "outcome"])


def _own(upload_id: UUID, actor: User, now: datetime, *, lock: bool = False) -> Upload:
    found = Upload.objects.select_related("agency", "item", "key")
    if lock:
        found = found.select_for_update(of=("self",) if connection.features.has_select_for_update_of else ())
    upload = found.filter(id=upload_id, user=actor, expires_at__gt=now).first()
    if upload is None or upload.agency_id != actor.agency_id:
        raise NoSuchUpload(
            "没有这个上传，或者保留的时间已过。请重新选择文件。",
            "There is no such upload, or it was kept long enough. Choose the file again.",
        )
    check_may_submit(upload.agency, actor)
    return upload


def _check(file: Described) -> None:
    if file.size > limits.FILE_BYTES:
        raise faults.too_large(limits.FILE_BYTES // limits.MIB)
    if file.size <= 0:
        raise faults.empty()
    if not _MARK.fullmatch(file.mark):
        raise _piece_wrong(min(PIECE, file.size))


def _check_room(actor: User, size: int) -> None:
    under_way = Upload.objects.filter(user=actor, ended_at=None).aggregate(n=Sum("size"))["n"] or 0
    if under_way + size > OPEN_BYTES:
        most = OPEN_BYTES // limits.MIB
        raise TooMuchUnderWay(
            f"没有传完或没有报送的文件合计不能超过 {most} MB。请先报送或放弃已传的文件，再传这个。",
            f"Files on the way may not exceed {most} MB together. File or give up those you sent, then send this one.",
        )


def _piece_wrong(due: int) -> PieceWrong:
    return PieceWrong(
        f"分片长度不对，这一片应为 {due} 字节。请重新选择文件。",
        f"The piece should have {due} bytes. Choose the file again.",
    )


def _place(upload_id: UUID, offset: int) -> Place:
    return Place("intake_uploadpiece", "sealed", f"{upload_id}:{offset}")
