"""``admit``: from a CSV file to durable records, validated, matched, sealed, notified and committed to the ledger.

Peer: a plain loader that reads the same file and writes its bare texts with ``bulk_create``: no checks, no matching, no
ledger. Limit: the same bare rows by the fastest bulk statement of the database. A negative control sends the file
again and must admit nothing. SQLite is measured first, then a PostgreSQL that lives as long as the bench. The memory of
this process and its helpers is summed and must keep its bound; files are made, and the peer runs, in processes of their
own. ``CHENGXIN_BENCH_ROWS`` is the rows of a file, ``CHENGXIN_BENCH_ROUNDS`` how often each is measured.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import count, islice
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from bench import harness

ROWS = int(os.environ.get("CHENGXIN_BENCH_ROWS", "20000"))
ROUNDS = int(os.environ.get("CHENGXIN_BENCH_ROUNDS", "5"))
FIRMS, PEOPLE = 2_000, 1_000
TODAY = date(2026, 11, 20)
NOW = datetime.combine(TODAY, time(9, 30), ZoneInfo("Asia/Shanghai"))
ITEM, AGENCY = "JS-CF-01", "113201990000000438"


def firm_code(number: int) -> str:
    """Return a valid code of a synthetic firm."""
    from chengxin.rules.identifiers.orgcode import org_check_char
    from chengxin.rules.identifiers.uscc import uscc_check_char

    body = f"MB{number:06d}"
    first = f"91320199{body}{org_check_char(body)}"
    return first + uscc_check_char(first)


def person_number(number: int) -> str:
    """Return a valid number of a synthetic person in an unassigned division."""
    from chengxin.rules.identifiers.citizen import citizen_check_char

    first = f"329999{1960 + number % 40}{1 + number % 12:02d}{1 + number // 12 % 28:02d}{number % 1000:03d}"
    return first + citizen_check_char(first)


def row(serial: int, number: int) -> dict[str, str]:
    """Return one penalty in order: three in four about firms, one about a person; no document occurs twice."""
    person = number % 4 == 3
    common = {
        "行政处罚决定书文号": f"示交罚〔2026〕{serial}{number:06d}号",
        "违法行为类型": "超限运输货物",
        "违法事实": f"运输车辆超限百分之{number % 90 + 10}，经称重核实",
        "处罚依据": "公路法第七十六条",
        "处罚类别": "罚款",
        "处罚内容": "罚款",
        "罚款金额(万元)": f"0.{number % 9 + 1}",
        "处罚决定日期": f"2026-11-{16 + number % 5}",
        "处罚有效期": "2099-12-31",
        "处罚机关": "示例省交通运输厅",
        "处罚机关统一社会信用代码": AGENCY,
        "数据来源单位": "示例省交通运输厅",
        "数据来源单位统一社会信用代码": AGENCY,
    }
    subject = _person(number % PEOPLE) if person else _firm(number % FIRMS)
    return {**subject, **common}


def _firm(number: int) -> dict[str, str]:
    return {
        "行政相对人名称": f"示例{number}号运输有限公司",
        "行政相对人类别": "法人及非法人组织",
        "统一社会信用代码": firm_code(number),
        "法定代表人": "沈清和",
        "证件类型": "",
        "证件号码": "",
    }


def _person(number: int) -> dict[str, str]:
    return {
        "行政相对人名称": "沈清和",
        "行政相对人类别": "自然人",
        "统一社会信用代码": "",
        "法定代表人": "",
        "证件类型": "身份证",
        "证件号码": person_number(number),
    }


def as_file(serial: int) -> bytes:
    """Return one CSV file."""
    out = io.StringIO()
    _write(serial, out)
    return out.getvalue().encode()


def make_file(serial: int, path: Path) -> None:
    """Write one CSV file, row by row."""
    with path.open("w", newline="", encoding="utf-8") as out:
        _write(serial, out)


def _write(serial: int, out: TextIO) -> None:
    writer = csv.DictWriter(out, list(row(serial, 0)))
    writer.writeheader()
    writer.writerows(row(serial, number) for number in range(ROWS))


class Ours:
    """Sends a fresh file each time through the front desk of the intake room."""

    def __init__(self, files: Sequence[Path]) -> None:
        from chengxin.accounts.roles import Role
        from chengxin.accounts.services import register_agency, register_user
        from chengxin.catalogue.services import load_law

        load_law(NOW)
        self._agency = register_agency(AGENCY, "示例省交通运输厅", "Demo", "320000", files_records=True)
        self._clerk = register_user("clerk", "填报员", agency=self._agency, roles=[Role.SOURCE_CLERK])
        self._files, self._next = files, count()

    def __call__(self) -> None:
        """Admit the next file; every row must become a record."""
        admitted = self.send(self._files[next(self._next)])
        assert admitted == ROWS, admitted

    def send(self, path: Path) -> int:
        """Send a file and return how many of its rows became records."""
        from chengxin.intake import services

        with path.open("rb") as stream:
            sent = services.submit(self._agency, ITEM, path.name, stream, actor=self._clerk, now=NOW, today=TODAY)
        return int(sent.counts["admitted"])


class Peer:
    """Reads the same file with the standard library and writes bare rows with ``bulk_create``.

    Lives in the process of one measurement only; Django is set up by what the first process left in the environment.
    """

    def __init__(self, path: Path) -> None:
        from django.db import connection

        self._path = path
        with path.open(newline="", encoding="utf-8") as file:
            self._names = [f"c{at}" for at in range(len(next(csv.reader(file))))]
        self.model = _bare_model(len(self._names))
        connection.ensure_connection()

    def make_table(self) -> None:
        """Make the table of bare rows."""
        from django.db import connection

        with connection.schema_editor() as editor:
            editor.create_model(self.model)

    def cells(self) -> Iterator[list[str]]:
        """Yield the rows of the file."""
        with self._path.open(newline="", encoding="utf-8") as file:
            lines = csv.reader(file)
            next(lines)
            yield from lines

    def load(self) -> None:
        """Load the file, some thousand objects at a time."""
        from django.db import transaction

        cells = self.cells()
        with transaction.atomic():
            while part := list(islice(cells, 1000)):
                self.model.objects.bulk_create(self.model(**dict(zip(self._names, each, strict=True))) for each in part)

    def limit(self) -> None:
        """Write the file's bare rows by the fastest statement there is."""
        from django.db import transaction

        from chengxin.storage.bulk import insert_rows

        with transaction.atomic():
            insert_rows(self.model, self._names, self.cells())


def of_peer(path: Path, what: str) -> float:
    """Set a process up for the peer, let it do something with a file, and return the seconds that took."""
    import django

    django.setup()
    return harness.timed(getattr(Peer(path), what))


def _bare_model(width: int) -> Any:
    from django.db import models

    fields: dict[str, Any] = {f"c{at}": models.TextField() for at in range(width)}
    meta = type("Meta", (), {"app_label": "intake", "db_table": "bench_bare"})
    return type("Bare", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})


def measure(database: str, n: int = ROUNDS) -> None:
    """Measure on one database and report."""
    folder = harness.django_on(database)
    files = [folder / f"{serial}.csv" for serial in range(1, n + 2)]
    for serial, path in enumerate(files, 1):
        harness.elsewhere(make_file, serial, path)
    ours = Ours(files)
    timed = _in_turn(ours, files)
    _check_control(ours, files)
    result = harness.Result(
        name="admit" if database == "sqlite" else "admit-postgresql",
        ours=timed["ours"].rate(ROWS),
        peer=timed["load"].rate(ROWS),
        limit=timed["limit"].rate(ROWS),
        unit="rows/s",
        n=ROWS,
        peer_name="Django bulk_create of the bare rows",
        database="SQLite" if database == "sqlite" else "PostgreSQL",
        peak_mb=harness.tree_peak_mb(),
    )
    harness.check_bounded(result)
    harness.report(result)


def _in_turn(ours: Ours, files: Sequence[Path]) -> dict[str, harness.Rounds]:
    """Time ours, the peer and the limit on one file after another; the first file only warms up."""
    harness.elsewhere(of_peer, files[0], "make_table")
    seconds: dict[str, list[float]] = {"ours": [], "load": [], "limit": []}
    for path in files:
        seconds["ours"].append(harness.timed(ours))
        for what in ("load", "limit"):
            seconds[what].append(harness.elsewhere(of_peer, path, what))
    return {name: harness.Rounds(tuple(values[1:])) for name, values in seconds.items()}


def _check_control(ours: Ours, files: Sequence[Path]) -> None:
    """Send a file again; raises AssertionError when that changes anything."""
    from chengxin.registry.models import Record

    again = ours.send(files[0])
    assert Record.objects.count() == ROWS * len(files), "sending a file again must change nothing"
    assert again == ROWS


def main() -> int:
    """Measure SQLite, then PostgreSQL in a process of its own."""
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return 0
    measure("sqlite")
    with harness.postgresql() as url:
        return subprocess.run([sys.executable, "-m", "bench.admit", url], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
