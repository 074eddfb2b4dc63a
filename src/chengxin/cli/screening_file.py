"""The files of a screening on the command line: what is asked, what came of it, and how far it has come.

Beside an unfinished result lies a small note: the digest of what is asked, and how many rows are answered. A result is
put on disk before the note says so, so a run cut short answers at most one piece twice, with another leaf.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind

if TYPE_CHECKING:
    from chengxin.disclosure.screening.services import Asked, Reply, Result

HEADINGS = ("kind", "code_kind", "code", "name")
ADDED = (
    *("status", "result", "hit_kind", "hit_code", "hit", "basis", "authority", "since", "until", "disputed"),
    *("under_repair", "statement", "remedy", "feedback_number", "feedback_due", "name_agrees", "ledger_entry"),
)
KINDS = {kind.value: kind for kind in CodeKind}


class FileNotUsable(Refusal):
    """The file of codes cannot be read, or the result begun belongs to another one."""

    code = "screening_file_not_usable"


Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """The rows of a file and the digest of its bytes."""

    rows: list[Row]
    digest: str


def read(path: Path) -> Given:
    """Read a CSV of UTF-8 with our headings; raises FileNotUsable, which names the row and repeats nothing of it."""
    content = path.read_bytes()
    try:
        table = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        rows = [dict(row) for row in table]
    except (UnicodeDecodeError, csv.Error):
        raise FileNotUsable("文件不是 UTF-8 编码的 CSV。", "The file is not CSV in UTF-8.") from None
    if tuple(table.fieldnames or ()) != HEADINGS:
        wanted = ",".join(HEADINGS)
        raise FileNotUsable(f"第一行须为 {wanted}。", f"The first line must be {wanted}.")
    for number, row in enumerate(rows, start=2):
        if set(row) != set(HEADINGS) or None in row.values() or row["code_kind"] not in KINDS:
            raise FileNotUsable(
                f"第 {number} 行的列数或者 code_kind 不对。可用：{'、'.join(KINDS)}。",
                f"Row {number} has a wrong number of columns or code_kind. There are: {', '.join(KINDS)}.",
            )
    return Given(rows, hashlib.sha256(content).hexdigest())


def subjects(rows: Iterable[Row]) -> tuple[Asked, ...]:
    """Return rows as subjects to be asked about."""
    from chengxin.disclosure.screening.services import Asked

    return tuple(Asked(row["kind"], KINDS[row["code_kind"]], row["code"], row["name"]) for row in rows)


class Told:
    """A result file that grows piece by piece and can be gone on with."""

    def __init__(self, path: Path, given: Given, about: str) -> None:
        self.path, self._note = path, path.with_name(path.name + ".progress")
        self._digest = hashlib.sha256(f"{given.digest}\n{about}".encode()).hexdigest()
        self.done, self.hits, size = self._progress()
        if self.done:
            os.truncate(path, size)  # A piece that was cut short in the middle is asked for anew.
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerow([*HEADINGS, *ADDED])

    def add(self, rows: Iterable[Row], reply: Reply) -> None:
        """Write the answers of one piece, and then that they are written."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for row, result in zip(rows, reply.results, strict=True):
                writer.writerows([*row.values(), *line] for line in _lines(result, reply.entry))
                self.hits += len(result.hits)
                self.done += 1
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        progress = {"digest": self._digest, "done": self.done, "hits": self.hits, "size": size}
        unfinished = self._note.with_name(self._note.name + ".new")
        unfinished.write_text(json.dumps(progress))
        unfinished.replace(self._note)

    def finish(self) -> None:
        """Take the note away: there is nothing to go on with."""
        self._note.unlink(missing_ok=True)

    def _progress(self) -> tuple[int, int, int]:
        if not self._note.exists():
            if self.path.exists():
                raise FileNotUsable("结果文件已经存在，请换一个名称。", "The result file exists already; name another.")
            return 0, 0, 0
        noted = json.loads(self._note.read_text())
        if noted["digest"] != self._digest:
            raise FileNotUsable(
                "未完成的结果属于另一个文件或者另一个事项。请换一个 --out。",
                "The unfinished result belongs to another file or matter. Use another --out.",
            )
        return noted["done"], noted["hits"], noted["size"]


def _lines(result: Result, entry: int) -> list[list[object]]:
    """Return one line for each hit of a subject, or one that says there is none."""
    from chengxin.rules.screening import STATUS_WORDS

    head = [result.status.value, STATUS_WORDS[result.status][0]]
    tail = [result.name_agrees, entry]
    if not result.hits:
        return [[*head, *[""] * (len(ADDED) - len(head) - len(tail)), *tail]]
    return [
        [
            *head, hit.kind.value, hit.code, hit.zh, hit.basis, hit.authority, hit.since, hit.until or "",
            hit.disputed, hit.under_repair, hit.statement, hit.remedy_zh, given.number, given.due_on, *tail,
        ]
        for given in result.hits
        for hit in (given.hit,)
    ]  # fmt: skip
