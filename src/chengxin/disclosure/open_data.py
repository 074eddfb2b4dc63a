"""开放数据: the published records of organisations as signed files, made once a day and anew as soon as one has ended.

Only the newest edition is ever given, on its own day, and only while it says what is true: a record that ended, was
corrected or became disputed since makes it wait until it is made again (charter C13, C14, C16). Nobody's record is in
it whose subject is a person (charter C11).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from chengxin.catalogue import freshness, lawbook, overlay
from chengxin.disclosure import open_files
from chengxin.disclosure.models import OpenEdition
from chengxin.disclosure.open_files import Earlier, Row, Written
from chengxin.disclosure.publication import PublicRecord, public_record
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.models import Annotation, OrganisationName, RecordVersion, SubjectKind
from chengxin.vault import services as vault

LEAF_KIND = "open_data"
DELTA_DAYS = "open_data.delta_days"
PIECE = 1_000
# How far clocks and transactions under way may lie apart when it is asked what came after an edition.
_SLACK, _MARKS_BACK = timedelta(seconds=10), 1_000


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition as it is shown: its files, the exact text that is signed, the signature (hexadecimal), the key."""

    number: int
    day: date
    made_at: datetime
    rows: int
    files: tuple[Written, ...]
    manifest: str
    signature: str

    @property
    def sums(self) -> str:
        """Return the list of hashes as its own file."""
        return open_files.listed(self.files)


def missing(today: date) -> bool:
    """Tell whether the edition of a day has not been made yet."""
    return not OpenEdition.objects.filter(day=today).exists()


def current(today: date) -> Edition | None:
    """Return today's edition, or None if there is none or it no longer says what is true."""
    kept = _newest()
    if kept is None or kept.day != today or _overtaken(kept) or not _folder(kept.number).is_dir():
        return None
    return _edition(kept)


def path_of(edition: Edition, name: str) -> Path | None:
    """Return where a file of an edition lies, or None if the edition has no such file."""
    found = next((each for each in edition.files if each.name == name), None)
    path = _folder(edition.number) / found.name if found else None
    return path if path and path.is_file() else None


def renew(*, now: datetime, today: date) -> int:
    """Make today's edition anew if something in it ended or changed since; return how many were made."""
    if missing(today) or current(today) is not None:
        return 0
    make(now=now, today=today)
    return 1


def make(*, now: datetime, today: date) -> Edition:
    """Make an edition, sign it, write it down in the ledger, and take the files of the one before away.

    Must not run inside a transaction: what the ledger has seen is settled first.
    """
    freshness.refresh()
    ledger.sequence(now=now)
    seen = {"size": _size(), "marks": _last_mark(), "catalogue": overlay.present().revision}
    before = _newest()
    number = before.number + 1 if before else 1
    root = _root()
    (root / "index").mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="making-", dir=root))
    try:
        earlier = _earlier(today)
        stem = open_files.stem_of(number, today)
        files = open_files.write(work, stem, rows(today), earlier, work / "index.gz")
        kept = _keep(number, files, seen, now, today)
        (work / "index.gz").replace(_index(number))
        work.replace(_folder(number))
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    _tidy(number, {each.number for each in earlier})
    return _edition(kept)


def rows(today: date) -> Iterator[Row]:
    """Yield what is published about organisations on a day, in the order of the records' ids."""
    found = registry.published(today).exclude(record__subject__kind=SubjectKind.PERSON)
    found = found.select_related("record__item__item", "record__subject__organisation").order_by("record_id")
    with transaction.atomic():  # One cursor reads one state of the register from beginning to end.
        versions = found.iterator(chunk_size=PIECE)
        while piece := list(islice(versions, PIECE)):
            names = _names(piece)
            for version in piece:
                subject = version.record.subject
                yield _row(public_record(version, (names.get(subject.pk, ""), subject.organisation.uscc)))


def _names(versions: list[RecordVersion]) -> dict[Any, str]:
    subjects = {version.record.subject_id for version in versions}
    found = OrganisationName.objects.filter(subject__in=subjects, until=None)
    return dict(found.values_list("subject_id", "name"))


def _row(row: PublicRecord) -> Row:
    return {
        "record": str(row.record),
        "uscc": row.owner_uscc,
        "name": row.owner,
        "item": row.item,
        "item_zh": row.item_zh,
        "item_en": row.item_en,
        "group": row.group,
        "nature": row.nature,
        "grade": row.grade,
        "basis": row.basis,
        "authority": row.authority_name,
        "document_no": row.document_no,
        "document_date": row.document_date,
        "published_from": row.published_from,
        "until": row.until,
        "disputed": row.disputed,
        "under_repair": row.under_repair,
        "statement": row.statement,
        "fields": {each.code: each.value for each in row.fields},
    }


def _keep(number: int, files: list[Written], seen: dict[str, int], now: datetime, today: date) -> OpenEdition:
    """Sign the list of files and write the edition down; who comes second with a number is refused by the table."""
    whole = {
        "format": open_files.FORMAT,
        "publisher": ledger.origin(),
        "number": number,
        "day": today,
        "made_at": now,
        "rows": files[0].rows,
        "files": [asdict(each) for each in files],
    }
    manifest = open_files.canonical(whole)
    signature = vault.sign(manifest.encode()).hex()
    with transaction.atomic():
        entry = ledger.append(
            LEAF_KIND,
            {"edition": number, "signature": signature},
            now=now,
            public={"number": number, "day": today.isoformat()},
        )
        return OpenEdition.objects.create(
            number=number,
            day=today,
            made_at=now,
            rows=files[0].rows,
            manifest=manifest,
            signature=signature,
            entry=entry,
            **seen,
        )


def _overtaken(kept: OpenEdition) -> bool:
    """Tell whether a record of an organisation ended, changed or was marked after an edition, or the catalogue did."""
    unseen = Q(entry__index__gte=kept.size) | Q(entry__index=None)
    later = RecordVersion.objects.filter(unseen, known_until=None, number__gt=1)
    marked = Annotation.objects.filter(pk__gt=kept.marks - _MARKS_BACK, since__gte=kept.made_at - _SLACK)
    return (
        overlay.present().revision != kept.catalogue
        or later.exclude(record__subject__kind=SubjectKind.PERSON).exists()
        or marked.exclude(record__subject__kind=SubjectKind.PERSON).exists()
    )


def _earlier(today: date) -> list[Earlier]:
    """Return the editions a file of differences is made from: the last of each of the days before, and the last."""
    days = lawbook.current().integer(DELTA_DAYS, today)
    found = OpenEdition.objects.filter(day__gte=today - timedelta(days=days)).order_by("number")
    last = {each.day: each for each in found.only("number", "day")}
    return [
        Earlier(each.number, each.day, _index(each.number)) for each in last.values() if _index(each.number).exists()
    ]


def _tidy(number: int, wanted: set[int]) -> None:
    """Take away the content of earlier editions at once, and the indexes from which no difference is made any more."""
    for folder in _root().glob("edition-*"):
        if folder != _folder(number):
            shutil.rmtree(folder, ignore_errors=True)
    for index in (_root() / "index").glob("*.gz"):
        if index.name not in {_index(each).name for each in {*wanted, number}}:
            index.unlink(missing_ok=True)


def _edition(kept: OpenEdition) -> Edition:
    files = tuple(Written(**each) for each in json.loads(kept.manifest)["files"])
    return Edition(kept.number, kept.day, kept.made_at, kept.rows, files, kept.manifest, kept.signature)


def _newest() -> OpenEdition | None:
    return OpenEdition.objects.order_by("-number").first()


def _size() -> int:
    head = ledger.latest_checkpoint()
    return head.size if head else 0


def _last_mark() -> int:
    return Annotation.objects.aggregate(last=Max("pk"))["last"] or 0


def _root() -> Path:
    return Path(settings.VAR) / "open-data"


def _folder(number: int) -> Path:
    return _root() / f"edition-{number}"


def _index(number: int) -> Path:
    return _root() / "index" / f"{number}.gz"
