"""Share `columns`: what telling the columns of a file by a sample costs beside reading and validating it.

Usage: python bench/columns.py [rows=1000000]. The sample is of fixed size, so its share falls with the size of a file;
looking for rows whose cells stand beside their headings only concerns rows with several errors. Processor time is
taken, because the reading uses every core and other work on the machine takes cores from it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import polars as pl  # noqa: E402
from bench import harness, validate_data  # noqa: E402
from bench.validate import CONTEXT, LAYOUT, chunks  # noqa: E402

from chengxin.engines import columnar  # noqa: E402
from chengxin.intake import column_pairs, contents  # noqa: E402
from chengxin.rules import columns  # noqa: E402
from chengxin.rules.column_shifts import find_slip, find_swap  # noqa: E402

ALLOWED = 0.03


def _busy(work: Callable[[], None], rounds: int = 3) -> float:
    """Return the median of the processor time of some rounds, after one to warm up."""
    taken = []
    for _ in range(rounds + 1):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken[1:])


def main(n: int) -> None:
    """Generate, time both parts in turn, print the share, and fail when it is three hundredths or more."""
    path = harness.scratch() / "columns.csv"
    validate_data.write(n, path)
    whole = pl.concat(chunks(path))
    headings, found = whole.columns, columnar.validate(whole, LAYOUT, CONTEXT)
    bad = found.bad.sum()
    placed = whole.rename({name: str(at) for at, name in enumerate(headings)})

    def judged() -> None:
        columnar.validate(pl.concat(chunks(path)), LAYOUT, CONTEXT)

    def told() -> None:
        seen = contents.look(placed, placed.columns, LAYOUT)
        codes = [each.field for each in columns.propose(headings, LAYOUT, seen).columns]
        find_slip(codes, LAYOUT, seen)
        find_swap(codes, LAYOUT, seen)
        column_pairs.exchanged(placed, codes, LAYOUT, None)

    def slipped() -> None:
        codes = [LAYOUT.match(headings).mapping.get(heading, "") for heading in headings]
        contents.slipped_rows(placed, codes, LAYOUT, contents.torn(found.findings))

    times = {work.__name__: _busy(work) for work in (judged, told, slipped)}
    base = times["judged"]
    harness.line("reading and validating", base / n * 1e6, "µs a row", f"{n} rows")
    for name, label in (("told", "telling the columns"), ("slipped", f"single slipped rows, {bad} bad rows")):
        harness.line(label, times[name] * 1e3, "ms", f"{times[name] / base:.2%} of it")
    share = (times["told"] + times["slipped"]) / base
    print(f"share of reading and validating: {share:.2%}, allowed {ALLOWED:.0%}")
    if share >= ALLOWED:
        raise SystemExit("Telling the columns costs more than it may.")


if __name__ == "__main__":
    main(*([int(argument) for argument in sys.argv[1:]] or [1_000_000]))
