"""Commands of screening: a file of codes against the lists and measures of a matter, and the register of watches."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from chengxin.cli import screening_file
from chengxin.cli.operations import DEMO_OPTION, start
from chengxin.cli.records import AS_OPTION, actor_of, clock_of

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MATTER = click.option("--matter", required=True, help="Code of the matter. 事项代码")
MATTER_NO = click.option("--matter-no", required=True, help="Number of the case in hand. 办理事项编号")
STATUTE = click.option("--statute", default="", help="Article; the first of the purpose when left out. 依据条款")
PIECE = click.option("--piece", type=click.IntRange(1, 5000), default=1000, show_default=True, help="每批主体数")


@click.command("screen")
@FILE
@MATTER
@click.option("--purpose", required=True, help="Code of the purpose; must be the matter's own. 用途代码")
@MATTER_NO
@STATUTE
@PIECE
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Result file. 结果文件")
@AS_OPTION
@DEMO_OPTION
def screen(
    file: Path,
    matter: str,
    purpose: str,
    matter_no: str,
    statute: str,
    piece: int,
    out: Path | None,
    username: str,
    demo: bool,
) -> None:
    """Screen a CSV of codes; run again, it goes on where it stopped. 按号码批量比对，可续做。

    Columns: kind (organisation, individual_business, person), code_kind (uscc, citizen_id, …), code, name.
    """
    actor = actor_of(username, demo)
    _check_purpose(matter, purpose)
    from chengxin.disclosure.screening import services

    given = screening_file.read(file)
    asked = _asking(actor, matter, matter_no, statute)
    told = screening_file.Told(out or file.with_name(f"{file.stem}.result.csv"), given, f"{matter}\n{matter_no}")
    done = told.done
    if done:
        click.echo(f"续做 going on after {done} of {len(given.rows)}")
    while done < len(given.rows):
        some = given.rows[done : done + piece]
        now, today = clock_of()
        reply = services.ask(asked(screening_file.subjects(some)), now=now, today=today)
        told.add(some, reply)
        done += len(some)
        click.echo(f"{done}/{len(given.rows)} 命中 hits {told.hits}")
    told.finish()
    click.echo(f"{told.path}: {len(given.rows)} 个主体 subjects, {told.hits} 个命中 hits")
    click.echo("每个命中都须反馈 report back on each hit")


@click.group()
def portfolio() -> None:
    """The register of watched subjects. 持续监测名册。"""


@portfolio.command("add")
@FILE
@MATTER
@MATTER_NO
@STATUTE
@PIECE
@AS_OPTION
@DEMO_OPTION
def add(file: Path, matter: str, matter_no: str, statute: str, piece: int, username: str, demo: bool) -> None:
    """Screen the subjects of a file now and watch them from now on. 列入名册。"""
    actor = actor_of(username, demo)
    from chengxin.disclosure.screening import services

    asked, taken, waiting = _asking(actor, matter, matter_no, statute), 0, 0
    for some in _pieces(screening_file.read(file).rows, piece):
        now, today = clock_of()
        done = services.register(asked(screening_file.subjects(some)), now=now, today=today)
        taken, waiting = taken + len(done.watches), waiting + len(done.pending)
        click.echo(f"已列入 watched {taken}，待建档 without a file yet {waiting}")


@portfolio.command("remove")
@FILE
@MATTER
@MATTER_NO
@PIECE
@AS_OPTION
@DEMO_OPTION
def remove(file: Path, matter: str, matter_no: str, piece: int, username: str, demo: bool) -> None:
    """Watch the subjects of a file no longer. 移出名册。"""
    actor = actor_of(username, demo)
    from chengxin.disclosure.screening import services

    asked, ended = _asking(actor, matter, matter_no, ""), 0
    for some in _pieces(screening_file.read(file).rows, piece):
        now, today = clock_of()
        ended += services.remove(asked(screening_file.subjects(some)), now=now, today=today)
    click.echo(f"已移出 ended {ended}")


@portfolio.command("list")
@AS_OPTION
@DEMO_OPTION
def show(username: str, demo: bool) -> None:
    """Show what is watched, as last told; a person by the number of the watch only. 监测名册。"""
    actor = actor_of(username, demo)
    from chengxin.disclosure.screening import services

    start = 0
    while actor.agency and (found := services.watched(actor.agency, clock_of()[1], start=start)):
        for each in found:
            state = "命中 struck" if each.struck else "没有命中 clear"
            whom = each.code or "自然人 person"
            click.echo(f"{each.number} {whom} {each.matter} {each.matter_no} {state} {each.until}")
        start += len(found)


@portfolio.command("events")
@click.option("--after", default=0, show_default=True, help="Number of the last event known. 已知的最后一条")
@AS_OPTION
@DEMO_OPTION
def events(after: int, username: str, demo: bool) -> None:
    """Show what changed, in order, from any number on. 变化记录。"""
    actor = actor_of(username, demo)
    from chengxin.disclosure.screening import services

    while actor.agency and (found := services.events(actor.agency, after, 100)):
        for each in found:
            whom = services.code_of(each.watch) or "自然人 person"
            click.echo(f"{each.number} {each.watch_id} {whom} {each.watch.matter} {each.kind} {each.at.isoformat()}")
        after = found[-1].number


def _check_purpose(matter: str, purpose: str) -> None:
    from chengxin.catalogue import lawbook

    own = lawbook.matter(matter, clock_of()[1]).purpose
    if purpose != own:
        raise click.ClickException(f"该事项的用途是 {own}。\nThe purpose of this matter is {own}.")


def _asking(actor: Any, matter: str, matter_no: str, statute: str) -> Any:
    """Return what makes a screening of subjects, all else being the same for the whole file."""
    from chengxin.catalogue import lawbook
    from chengxin.disclosure.screening.services import Screening

    today = clock_of()[1]
    article = statute or str(lawbook.purpose(lawbook.matter(matter, today).purpose, today).basis[0])
    return lambda subjects: Screening(actor, matter, matter_no, article, subjects)


def _pieces(rows: list[Any], size: int) -> Iterable[list[Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


@click.group()
def hits() -> None:
    """Hits the unit was given and has to report back on. 等待反馈的命中。"""


@hits.command("waiting")
@AS_OPTION
@DEMO_OPTION
def waiting(username: str, demo: bool) -> None:
    """List what the unit has to answer, the earliest due first. 列出等待反馈的命中。"""
    actor = actor_of(username, demo)
    from chengxin.disclosure.screening import services

    after, today = None, clock_of()[1]
    while actor.agency_id and (found := services.waiting(actor.agency_id, today, after=after)):
        for each in found:
            late = " 逾期 overdue" if each.overdue else ""
            told = each.hit.zh if each.hit else "依据已终止 ended"
            click.echo(f"{each.number} {each.due_on}{late} {each.matter} {each.matter_no} {told}")
        after = found[-1].number


@hits.command("answer")
@click.argument("number", type=click.UUID)
@click.option("--applied/--not-applied", required=True, help="Whether the measure was applied. 是否采取措施")
@click.option("--reason", default="", help="Why not; needed when not applied. 未采取的理由")
@click.option("--amount-fen", type=click.IntRange(0), help="What it concerned, in fen. 涉及金额（分）")
@AS_OPTION
@DEMO_OPTION
def answer(number: Any, applied: bool, reason: str, amount_fen: int | None, username: str, demo: bool) -> None:
    """Report back on one hit; it cannot be changed afterwards. 反馈一条命中。"""
    actor = actor_of(username, demo)
    from chengxin.disclosure.screening import services

    report = services.Report(number, applied, reason, amount_fen)
    done = services.answer(report, actor=actor, now=clock_of()[0])
    click.echo(f"{number} 已反馈 reported, {done.at.isoformat()}")


@hits.command("late")
@DEMO_OPTION
def late(demo: bool) -> None:
    """List the units that have not answered in time, the longest overdue first. 逾期未反馈的单位。"""
    start(demo)
    from chengxin.disclosure.screening import services

    for each in services.late_units(clock_of()[1]):
        click.echo(f"{each.agency_zh}\t{each.count}\t{each.since}")
