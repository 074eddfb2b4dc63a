"""Hot path `xlsx`: a workbook of penalties from bytes to a table of texts, guard included; peer openpyxl read-only.

Usage: python -m bench.xlsx [rows=100000] [rounds=5]. Twelve columns, synthetic and seeded.
Both must give the same texts in the same places before anything is timed. The limit is the parsing library alone.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench import harness  # noqa: E402

COLUMNS = 12
HEADINGS = [
    "行政相对人名称", "行政相对人类别", "统一社会信用代码", "法定代表人", "行政处罚决定书文号", "违法行为类型",
    "违法事实", "处罚类别", "处罚内容", "罚款金额(万元)", "处罚决定日期", "处罚机关",
]  # fmt: skip


def write(rows: int, path: Path) -> None:
    """Write the workbook; texts are stored once and pointed at, as spreadsheet programmes do."""
    import xlsxwriter

    chance = random.Random(7)
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        for row in range(1, rows + 1):
            sheet.write_row(row, 0, _texts(row, chance))
            sheet.write_number(row, 9, chance.randrange(1, 500) / 10)
            sheet.write_datetime(row, 10, date(2026, 1, 1) + timedelta(chance.randrange(300)), day)
            sheet.write_string(row, 11, "示例省交通运输厅")


def _texts(row: int, chance: random.Random) -> list[str]:
    fact = f"第{row}次检查发现运输车辆超限{chance.randrange(1, 90)}%"
    code = f"91320199MA{chance.randrange(10**8):08d}"
    number = f"示交罚〔2026〕{row}号"
    return [f"望舒{row}食品有限公司", "法人及非法人组织", code, "沈清和", number, "超限运输", fact, "罚款", "罚款"]


def ours(path: Path) -> Any:
    """Read as an upload is read: guard, parse, texts, columns."""
    from chengxin.intake.readers.read import read_table
    from chengxin.intake.readers.spool import Upload

    with path.open("rb") as file:
        return read_table(Upload(file, path.stat().st_size, "")).frame


def parser_alone(path: Path) -> int:
    """Only what the parsing library does; nobody who uses it can be faster."""
    from python_calamine import CalamineWorkbook

    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())


def peer(path: Path) -> list[tuple[Any, ...]]:
    """Read with openpyxl in its fast mode."""
    import openpyxl

    return list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))


def as_texts(rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, ...]]:
    """Put the peer's cells into the texts a person sees."""
    for row in rows[1:]:
        yield tuple(_text(cell) for cell in row)


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell)


def agree(path: Path) -> int:
    """Return the number of rows on which both agree, cell by cell; stops the bench when they do not."""
    frame = ours(path)
    theirs = list(as_texts(peer(path)))
    if [row[:COLUMNS] for row in frame.iter_rows()] != theirs:
        raise SystemExit("Ours and the peer do not read the same texts; the figures would mean nothing.")
    return len(theirs)


def once(work: Callable[[Path], Any], path: Path) -> tuple[float, float]:
    """Return the seconds and the peak memory (MB) of reading once."""
    start = time.perf_counter()
    work(path)
    return time.perf_counter() - start, harness.peak_mb()


def apart(work: Callable[[Path], Any], path: Path) -> tuple[float, float]:
    """Read in a process of its own, so that the memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(once, (work, path.parent / "small.xlsx"))
        return pool.apply(once, (work, path))


def main(n: int, times: int) -> None:
    """Write, compare, measure in turn, report."""
    path = harness.scratch() / "whole.xlsx"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(write, (n, path))
        pool.apply(write, (10, path.parent / "small.xlsx"))
        print(f"rows read alike: {pool.apply(agree, (path,))}; file {path.stat().st_size / 1e6:.1f} MB")
    works = {"ours": ours, "peer": peer, "limit": parser_alone}
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            measured[name].append(apart(work, path))
    seconds = {name: harness.Rounds(tuple(s for s, _ in each)) for name, each in measured.items()}
    for name, each in measured.items():
        print(f"  {name}: {seconds[name].median:.2f} s, peak {max(mb for _, mb in each):.0f} MB")
    rates = {name: each.rate(n) for name, each in seconds.items()}
    harness.report(
        harness.Result(
            name="xlsx",
            ours=rates["ours"],
            peer=rates["peer"],
            limit=rates["limit"],
            unit="rows/s",
            n=n,
            peer_name="openpyxl, read-only",
            peak_mb=max(mb for _, mb in measured["ours"]),
        )
    )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [100_000, 5][len(given) :]))
