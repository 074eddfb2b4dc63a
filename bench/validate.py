"""Hot path `validate`: a 双公示 penalty file from CSV to findings, all rules, against Frictionless on the same file.

Usage: python bench/validate.py [rows=1000000] [rows given to the peer=50000]. Everything is synthetic and seeded.
The peer gets Table Schema plus custom checks for the rules whose breach is planted (bench/validate_peer.py) and must
tell the same errors: row, code and column. When it does not, the bench fails, as it does when memory passes its bound.
Ours applies every rule of law/national/validation.yaml and also returns typed rows.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import polars as pl  # noqa: E402
import yaml  # noqa: E402
from bench import harness, validate_data, validate_peer  # noqa: E402
from bench.agreement import Told, agree  # noqa: E402

from chengxin.engines import columnar  # noqa: E402
from chengxin.rules.layouts import parse_layout  # noqa: E402
from chengxin.rules.validation.codes import parse_rules  # noqa: E402
from chengxin.rules.validation.context import Context  # noqa: E402

LAW = ROOT / "law" / "national"
LAYOUT = parse_layout(yaml.safe_load((LAW / "layouts" / "cf.yaml").read_text()))
RULES = parse_rules(yaml.safe_load((LAW / "validation.yaml").read_text()))
TODAY = validate_data.TODAY
CONTEXT = Context(RULES, TODAY, TODAY, on_time_from=date(2026, 11, 12))


def ours(path: Path) -> pl.DataFrame:
    """Validate a file in chunks and return every finding."""
    return pl.concat([part.findings for part in columnar.validate_chunks(chunks(path), LAYOUT, CONTEXT)])


def parse_alone(path: Path) -> int:
    """Read the same chunks and do nothing with them: nobody can be faster with this parser."""
    return sum(len(chunk) for chunk in chunks(path))


def chunks(path: Path) -> Iterator[pl.DataFrame]:
    """The file in chunks of text columns."""
    lazy = pl.scan_csv(path, infer_schema=False)
    return lazy.collect_batches(chunk_size=columnar.CHUNK, maintain_order=True)


def told(findings: pl.DataFrame) -> list[Told]:
    """Return row, code and column of every error, in order."""
    errors = findings.filter(pl.col("severity") == "error").select("row", "code", "field")
    return sorted(errors.iter_rows())


def peer_clocked(path: Path) -> tuple[float, float]:
    """Return the seconds the peer took, by the clock and of processor time."""
    busy = time.process_time()
    seconds, _ = validate_peer.run(path)
    return seconds, time.process_time() - busy


def measured(whole: Path, part: Path, rounds: int = 5) -> dict[str, harness.Rounds]:
    """Time ours, parsing alone and the peer in turn, so that a noisy machine is equally unkind to all three.

    The processor time of ours and the peer is taken as well: ours uses every core, and other work on the machine
    takes cores from it that a peer on one core never had.
    """
    seconds: dict[str, list[float]] = {"ours": [], "parse": [], "peer": [], "ours busy": [], "peer busy": []}
    for _ in range(rounds):
        busy = time.process_time()
        seconds["ours"].append(harness.timed(lambda: ours(whole)))
        seconds["ours busy"].append(time.process_time() - busy)
        seconds["parse"].append(harness.timed(lambda: parse_alone(whole)))
        by_clock, by_processor = harness.elsewhere(peer_clocked, part)
        seconds["peer"].append(by_clock)
        seconds["peer busy"].append(by_processor)
    return {name: harness.Rounds(tuple(values)) for name, values in seconds.items()}


def main(n: int, sample: int) -> None:
    """Generate, check that both agree on the sample, measure, report."""
    whole, part = harness.scratch() / "whole.csv", harness.scratch() / "part.csv"
    harness.elsewhere(validate_data.write, n, whole)
    harness.elsewhere(validate_data.write, sample, part)
    theirs = harness.elsewhere(validate_peer.run, part)[1]
    print(f"{agree(told(ours(part)), theirs)}, of {sample} rows")
    findings = ours(whole)
    bad = findings.filter(pl.col("severity") == "error")["row"].n_unique()
    print(f"file {whole.stat().st_size / 1e6:.0f} MB; findings {len(findings)}; bad rows {bad}")
    times = measured(whole, part)
    for name, size in (("ours", n), ("peer", sample)):
        harness.line(f"{name}, processor time", times[f"{name} busy"].median / size * 1e6, "µs a row")
    result = harness.Result(
        name="validate",
        ours=times["ours"].rate(n),
        peer=times["peer"].rate(sample),
        limit=times["parse"].rate(n),
        unit="rows/s",
        n=n,
        peer_name=f"Frictionless 5, Table Schema and custom checks, {sample} rows",
        peak_mb=harness.tree_peak_mb(),
    )
    harness.check_bounded(result)
    harness.report(result)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [1_000_000, 50_000][len(given) :]))
