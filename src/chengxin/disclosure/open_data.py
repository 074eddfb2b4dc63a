"""开放数据: the published records of organisations as signed files, made whole once a day and mended in between.

Only the newest edition is ever given, on its own day, and only while it says what is true: a record that ended, was
corrected or became disputed since makes it wait until the pieces it lies in were made anew, which takes seconds
(charter C13, C14, C16). Nobody's record is in it whose subject is a person (charter C11).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chengxin.catalogue import freshness, lawbook
from chengxin.disclosure import open_files, open_pieces, open_rows
from chengxin.disclosure.models import OpenEdition
from chengxin.disclosure.open_changes import Seen, changed, overtaken, seen_now
from chengxin.disclosure.open_files import Row, Written
from chengxin.disclosure.open_pieces import Places, Writer
from chengxin.ledger import services as ledger
from chengxin.storage.alone import alone
from chengxin.vault import services as vault

LEAF_KIND = "open_data"
DELTA_DAYS = "open_data.delta_days"
PIECE = 5_000
# Up to so many rows a whole edition is made within seconds, so that there is nothing to mend before it.
SMALL = 20_000
Beat = Callable[[int], None]


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


def current(today: date) -> Edition | None:
    """Return today's edition, or None if there is none or it no longer says what is true."""
    kept = _newest()
    if kept is None or kept.day != today or overtaken(_seen(kept), kept.signature) or not _folder(kept.number).is_dir():
        return None
    return _edition(kept)


def path_of(edition: Edition, name: str) -> Path | None:
    """Return where a file of an edition lies, or None if the edition has no such file."""
    found = next((each for each in edition.files if each.name == name), None)
    path = _folder(edition.number) / found.name if found else None
    return path if path and path.is_file() else None


def due(today: date) -> bool:
    """Tell whether the edition of a day is still to be made whole, or has to be mended."""
    return _whole_day() != today or current(today) is None


def renew(*, now: datetime, today: date, beat: Beat | None = None) -> int:
    """Do what is due, the shortest first: mend the newest edition, make the day's whole; return how many were made."""
    made = mend(now=now, today=today) if _whole_day() == today or _is_large() else 0
    if _whole_day() != today:
        make(now=now, today=today, beat=beat)
        made += 1
    return made


def mend(*, now: datetime, today: date) -> int:
    """Bring the newest edition up to now if it no longer says what is true; return how many editions that made.

    Only the pieces with a record that ended or changed are read and written again. Where the catalogue changed since,
    that is every piece.
    """
    kept = _newest()
    whole = _whole_of(kept.number) if kept else None
    if kept is None or whole is None or current(today) is not None:
        return 0
    with alone(_root() / "settling.lock"):
        _settled(_places(_folder(kept.number), kept.number), _seen(kept), whole, now=now, today=today)
    return 1


def make(*, now: datetime, today: date, beat: Beat | None = None) -> Edition:
    """Make a day's edition whole, sign it, write it down in the ledger, and take the files of the one before away.

    ``beat`` is told how many rows there are after each piece. Stopped at any moment, it goes on behind the last piece
    that is whole. Must not run inside a transaction: what the ledger has seen is settled first. Raises Busy when
    another process is at it.
    """
    _root().mkdir(parents=True, exist_ok=True)
    with alone(_root() / "making.lock"):
        freshness.refresh()
        draft = _root() / "making"
        seen = _begun(draft, now, today)
        places = _drafted(draft, today, beat or (lambda _rows: None))
        with alone(_root() / "settling.lock"):
            edition = _settled(places, seen, today, now=now, today=today)
        shutil.rmtree(draft, ignore_errors=True)
    return edition


def rows(today: date) -> Iterator[Row]:
    """Yield what is published about organisations on a day, in the order of the records' ids."""
    return open_rows.every(today, PIECE)


def _begun(draft: Path, now: datetime, today: date) -> Seen:
    """Return what the draft of a day had seen when it was begun; one of another day or catalogue is begun anew."""
    told = draft / "seen.json"
    if told.exists():
        kept = Seen.read(told.read_text())
        if (kept.day, kept.catalogue) == (today, seen_now(now, today).catalogue):
            return kept
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    ledger.sequence(now=now)
    seen = seen_now(now, today)
    told.write_text(seen.text())
    return seen


def _drafted(draft: Path, today: date, beat: Beat) -> Places:
    """Write every piece of a day; ends of pieces are those of the edition before, so that most stay the same."""
    places = Places(*(draft / name for name in ("full", "table", "index", "pieces")))
    writer = Writer(places)
    try:
        for last in [last for last in _bounds() if last > writer.last]:
            writer.add(open_rows.stretch(today, _id(writer.last), UUID(last)), last)
            beat(writer.rows)
        _written_on(writer, today, beat)
    finally:
        writer.close()
    return places


def _bounds() -> list[str]:
    """Return where the pieces of the newest edition end; neighbours that fit into one become one."""
    kept, found, rows = _newest(), list[str](), 0
    places = _places(_folder(kept.number), kept.number) if kept else None
    pieces = places.pieces() if places and places.listed.exists() else []
    for each in pieces:
        if found and rows + each.rows <= PIECE:
            found[-1], rows = each.last, rows + each.rows
        else:
            found.append(each.last)
            rows = each.rows
    return found


def _written_on(writer: Writer, today: date, beat: Beat) -> None:
    """Write the records behind the last piece."""
    while (found := open_rows.stretch(today, _id(writer.last), most=PIECE)).rows:
        writer.add(found)
        beat(writer.rows)


def _settled(source: Places, seen: Seen, whole: date, *, now: datetime, today: date) -> Edition:
    """Make an edition out of pieces there are: those with a record that changed since are made anew."""
    freshness.refresh()
    ledger.sequence(now=now)
    present, before = seen_now(now, today), _newest()
    number = before.number + 1 if before else 1
    _tidied_up()
    work = Path(tempfile.mkdtemp(prefix="settling-", dir=_root()))
    try:
        stem = open_files.stem_of(number, today)
        new = Places(work / f"{stem}.ndjson.gz", work / f"{stem}.csv.gz", work / "index", work / "pieces")
        count = _composed(new, source, seen, today)
        files = [open_files.told(path, kind, count) for path, kind in ((new.full, "full"), (new.table, "table"))]
        earlier = _earlier(today)
        files += [_difference(work, stem, new, each) for each in earlier]
        kept = _keep(number, files, present, now, today)
        _put_away(work, new, number, whole)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    _tidy(number, set(earlier))
    return _edition(kept)


def _composed(new: Places, source: Places, seen: Seen, today: date) -> int:
    """Write the pieces of a new edition, those that still hold taken over as they are; return how many rows."""
    pieces = source.pieces() if source.listed.exists() and source.full.exists() else []
    stale = open_pieces.touched(pieces, changed(seen))
    fresh = seen.current_catalogue()
    writer = Writer(new)
    try:
        for number, piece in enumerate(pieces):
            if fresh and number not in stale and not piece.ended(today):
                writer.copy(source, piece)
            else:
                writer.add(open_rows.stretch(today, _id(piece.after), UUID(piece.last)), piece.last)
        _written_on(writer, today, lambda _rows: None)
    finally:
        writer.close()
    return writer.rows


def _difference(work: Path, stem: str, new: Places, since: int) -> Written:
    path = work / f"{stem}-since-{since}.ndjson.gz"
    count = open_pieces.write_differences(path, new, _places(_folder(since), since))
    return open_files.told(path, open_files.DELTA, count, since)


def _put_away(work: Path, new: Places, number: int, whole: date) -> None:
    """Bring the files of an edition to their places; the folder itself comes last, and with it the edition."""
    kept = _places(_folder(number), number)
    new.index.replace(kept.index)
    new.listed.replace(kept.listed)
    (work / "whole").write_text(whole.isoformat())
    work.replace(_folder(number))


def _keep(number: int, files: list[Written], seen: Seen, now: datetime, today: date) -> OpenEdition:
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
            size=seen.size,
            marks=seen.marks,
            catalogue=seen.catalogue,
        )


def _earlier(today: date) -> list[int]:
    """Return the editions a file of differences is made from: the last of each of the days before, and the last."""
    days = lawbook.current().integer(DELTA_DAYS, today)
    found = OpenEdition.objects.filter(day__gte=today - timedelta(days=days)).order_by("number")
    last = dict(found.values_list("day", "number"))
    return [number for number in last.values() if _places(_folder(number), number).index.exists()]


def _tidied_up() -> None:
    """Take away what an interrupted process left behind."""
    (_root() / "index").mkdir(parents=True, exist_ok=True)
    for left in (*_root().glob("settling-*"), *_root().glob("making-*")):
        shutil.rmtree(left, ignore_errors=True)


def _tidy(number: int, wanted: set[int]) -> None:
    """Take away the content of earlier editions at once, and the indexes from which no difference is made any more."""
    for folder in _root().glob("edition-*"):
        if folder != _folder(number):
            shutil.rmtree(folder, ignore_errors=True)
    kept = {str(each) for each in {*wanted, number}}
    for index in (_root() / "index").iterdir():
        if index.stem not in kept:
            index.unlink(missing_ok=True)


def _edition(kept: OpenEdition) -> Edition:
    files = tuple(Written(**each) for each in json.loads(kept.manifest)["files"])
    return Edition(kept.number, kept.day, kept.made_at, kept.rows, files, kept.manifest, kept.signature)


def _seen(kept: OpenEdition) -> Seen:
    return Seen(kept.size, kept.marks, kept.catalogue, kept.made_at, kept.day)


def _newest() -> OpenEdition | None:
    return OpenEdition.objects.order_by("-number").first()


def _is_large() -> bool:
    kept = _newest()
    return kept is not None and kept.rows > SMALL


def _whole_day() -> date | None:
    """Return the day for which an edition was last made whole, as far as its files are still there."""
    kept = _newest()
    return _whole_of(kept.number) if kept and _folder(kept.number).is_dir() else None


def _whole_of(number: int) -> date | None:
    told = _folder(number) / "whole"
    return date.fromisoformat(told.read_text()) if told.exists() else None


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


def _places(folder: Path, number: int) -> Places:
    kept = next(iter(folder.glob("*.csv.gz")), folder / "none.csv.gz")
    index = _root() / "index" / f"{number}"
    full = kept.with_name(kept.name.replace(".csv.gz", ".ndjson.gz"))
    return Places(full, kept, index.with_suffix(".gz"), index.with_suffix(".pieces"))


def _root() -> Path:
    return Path(settings.VAR) / "open-data"


def _folder(number: int) -> Path:
    return _root() / f"edition-{number}"
