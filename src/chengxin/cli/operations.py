"""Commands for an installation in use: filing a file, the background work, the ledger."""

from __future__ import annotations

import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import click

from chengxin.cli import setup
from chengxin.cli.beside import Beside

DEMO_OPTION = click.option("--demo", is_flag=True, help="Work on the demonstration's data. 使用演示数据")


def start(demo: bool) -> None:
    """Start Django on the installation's own data or on the demonstration's."""
    if demo:
        setup.demonstration(setup.DEMO_DAY, fresh=False)
    else:
        setup.django()


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--item", required=True, help="Catalogue item, such as JS-CF-01. 目录项编码")
@click.option("--agency", "code", required=True, help="The agency's unified social credit code. 信源单位代码")
@click.option("--as", "username", required=True, help="The user who files. 填报人用户名")
@click.option("--dry-run", is_flag=True, help="The full verdict, nothing stored. 试报")
@DEMO_OPTION
def intake(files: tuple[Path, ...], item: str, code: str, username: str, dry_run: bool, demo: bool) -> None:
    """File one or more files for an agency. 报送文件。"""
    start(demo)
    from chengxin.accounts import selectors as accounts

    agency, actor = accounts.agency_by_uscc(code), accounts.user_by_name(username)
    if agency is None or actor is None:
        raise click.ClickException("没有这个单位或用户。\nThere is no such agency or user.")
    if sum([_file(path, item, agency, actor, dry_run) for path in files]):
        raise SystemExit(1)


def _file(path: Path, item: str, agency: Any, actor: Any, dry_run: bool) -> int:
    """File one path, a ZIP file table by table, and return how many were refused."""
    from chengxin.intake import archives
    from chengxin.ui import clock

    refused = 0
    with path.open("rb") as stream:
        named = [(path.name, stream)]
        now, today = clock.now(), clock.today()
        for one in archives.submit_many(agency, item, named, actor=actor, now=now, today=today, dry_run=dry_run):
            if one.refusal:
                refused += 1
                click.echo(f"{one.name}: 未接收 refused\n  {one.refusal.zh}\n  {one.refusal.en}", err=True)
            elif dry_run:
                _tell_rehearsal(one)
            else:
                _tell(one.name, one.submission)
    return refused


def _tell_rehearsal(one: Any) -> None:
    counts = one.submission.counts
    click.echo(f"{one.name}（试报 dry run）: {' '.join(f'{k} {v}' for k, v in counts.items() if k != 'by_code')}")
    for said in filter(None, one.how):
        click.echo(f"  {said}")
    for code, count in counts.get("by_code", {}).items():
        click.echo(f"  {code}: {count}")
    from chengxin.intake import selectors

    for note in selectors.notes(one.submission):
        click.echo(f"  {note.zh}{note.remedy_zh}\n    {note.en} {note.remedy_en}")
    _tell_rows(selectors.in_words(one.submission, list(one.told)))


def _tell_rows(rows: Any) -> None:
    """Say row by row what was found, where, and what to do."""
    for row in rows:
        for finding in row.findings:
            place = f"第 {row.row_no} 行 row {row.row_no} {row.state}"
            click.echo(f"  {place} {finding.code} {finding.field}".rstrip() + f": {finding.zh}{finding.remedy_zh}")
            click.echo(f"    {finding.en} {finding.remedy_en}")


def _moved_on(figures: Any) -> tuple[tuple[str, int], ...]:
    """Return what became of rows after the file was filed, so that the numbers account for every row."""
    return (
        ("已更正 corrected", figures.corrected),
        ("已重报 mended", figures.mended),
        ("入库前撤回 retracted", figures.retracted),
        ("已撤回 withdrawn", figures.withdrawn),
        ("待入库 valid", figures.valid),
    )


def _tell(name: str, submission: Any) -> None:
    from chengxin.intake import selectors

    figures = selectors.summary(submission)
    click.echo(
        f"{name}: 收到 received {figures.received}, 入库 admitted {figures.admitted}, "
        f"退回 returned {figures.returned}, 待判定 waiting {figures.waiting}, 重复 duplicate {figures.duplicate}"
        + "".join(f", {word} {count}" for word, count in _moved_on(figures) if count)
    )
    for note in selectors.notes(submission):
        click.echo(f"  {note.zh}{note.remedy_zh}\n    {note.en} {note.remedy_en}")
    _tell_rows(selectors.in_words(submission, selectors.rows(submission, "returned")))


@click.command()
@click.argument("item")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".xlsx or .csv 输出文件")
@DEMO_OPTION
def template(item: str, out: Path, demo: bool) -> None:
    """Write the empty table of a catalogue item, with drop-downs and notes. 生成空白模板。"""
    start(demo)
    from chengxin.intake import blanks
    from chengxin.ui import clock

    kind = out.suffix.lower().lstrip(".")
    if kind not in blanks.FORMATS:
        raise click.ClickException("文件名须以 .xlsx 或 .csv 结尾。\nThe file name must end in .xlsx or .csv.")
    out.write_bytes(blanks.blank(item, clock.today(), kind))
    click.echo(f"{item} → {out}")


@click.command()
@click.option("--once", is_flag=True, help="One round, then stop. 只做一轮")
@click.option("--every", default=1.0, show_default=True, help="Seconds between rounds. 间隔秒数")
@DEMO_OPTION
def work(once: bool, every: float, demo: bool) -> None:
    """Do everything that is due, the daily jobs among it; stop it at any moment, it goes on from there. 后台工作。"""
    start(demo)
    from chengxin.cli import daily

    seen: set[tuple[str, date]] = set()
    offered = Beside(["opendata", "renew"])
    try:
        while True:
            done = _round() | daily.round_of_day(lambda text: click.echo(text, err=True), seen)
            done["open_data"] = _offer() if once else offered.step(_offer_due)
            if any(done.values()):
                click.echo(" ".join(f"{name} {count}" for name, count in done.items()))
            if once:
                _finish()
                return
            time.sleep(every)
    finally:
        offered.end()


def _offer() -> int:
    """Bring the open data up to now in this process: a single round ends with everything done."""
    from chengxin.disclosure import open_data
    from chengxin.ui import clock

    return open_data.renew(now=clock.now(), today=clock.today())


def _offer_due() -> bool:
    from chengxin.disclosure import open_data
    from chengxin.ui import clock

    return open_data.due(clock.today())


def _round() -> dict[str, int]:
    from chengxin.accounts import housekeeping
    from chengxin.cases import outbox
    from chengxin.catalogue import comments
    from chengxin.disclosure import feed
    from chengxin.disclosure.portable import services as portable
    from chengxin.disclosure.screening import services as screening
    from chengxin.intake import mappings, uploads
    from chengxin.intake import services as intake_services
    from chengxin.intake.exchange import filings as exchange
    from chengxin.ledger import services as ledger_services
    from chengxin.registry import name_search
    from chengxin.rights import agents, erasure, handling, overdue, taken_back
    from chengxin.ui import clock

    now, today = clock.now(), clock.today()
    return {
        "held": mappings.forget_held(now),
        "uploads": uploads.forget(now),
        "nonces": exchange.forget_nonces(now),
        "comments": comments.forget_addresses(now),
        "doors": housekeeping.forget(now),
        "submissions": intake_services.resume_all(now=now, today=today),
        "lapsed": handling.lapse_overdue(now=now, today=today),
        "without_object": taken_back.end_cases(now=now),
        "hidden_again": taken_back.hide_again(now=now),
        "hidden": overdue.stop_display(now=now, today=today),
        "leaves": ledger_services.sequence(now=now),
        "deltas": feed.collect(now, today),
        "erased": erasure.finish_frozen(now=now, today=today),
        "powers": agents.lapse(now=now, today=today),
        "portable": portable.refresh(now=now),
        "names": name_search.keep(),
        "messages": outbox.drain(now=now),
        "pushed": _pusher().step(now, today),
        "watched": screening.run(now, today),
        "events": screening.step(now),
    }


@cache
def _pusher() -> Any:
    """Return the one pusher of this process; what it has under way outlives a round."""
    from chengxin.disclosure.push import Pusher

    return Pusher()


def _finish() -> None:
    """Wait for what the last round sent, so that its answers are written down before the process ends."""
    from chengxin.ui import clock

    pushed = _pusher().finish(clock.now)
    if pushed:
        click.echo(f"pushed {pushed}")


@click.group()
def ledger() -> None:
    """The transparency log. 存证日志。"""


@ledger.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@DEMO_OPTION
def ledger_export(folder: Path, demo: bool) -> None:
    """Export the log for anyone to verify. 导出存证，供任何人校验。"""
    start(demo)
    from chengxin.ledger import services
    from chengxin.ui import clock

    services.sequence(now=clock.now())
    head = services.export(folder)
    click.echo(f"{head.size} 条 leaves → {folder}\nvkey: {services.vkey()}")


@ledger.command("check")
@DEMO_OPTION
def ledger_check(demo: bool) -> None:
    """Compare the log with itself, row by row and tile by tile. 自查存证。"""
    start(demo)
    from chengxin.ledger import services
    from chengxin.ui import clock

    audit = services.check(clock.now())
    for problem in audit.problems:
        click.echo(f"{problem.zh}\n  {problem.en}")
    if audit.problems:
        raise SystemExit(1)
    click.echo(f"{audit.size} 条相符 leaves agree")
