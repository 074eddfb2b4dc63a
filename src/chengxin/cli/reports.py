"""Commands about credit reports: check one, go on with a batch, take one back, forget what need not be kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from chengxin.cli.operations import DEMO_OPTION, start

WORDS = {
    "valid": "有效 valid",
    "superseded": "已过时 superseded: the file has changed since",
    "withdrawn": "已撤回 withdrawn: not to be relied on",
    "unknown": "查无此报告 unknown",
}
AS_OPTION = click.option("--as", "username", required=True, help="The officer who acts. 经办人用户名")


@click.group()
def report() -> None:
    """Credit reports. 信用报告。"""


def _actor(username: str) -> Any:
    from chengxin.accounts import selectors

    actor = selectors.user_by_name(username)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return actor


@report.command("verify")
@click.argument("number")
@click.argument("code")
@DEMO_OPTION
def verify(number: str, code: str, demo: bool) -> None:
    """Say whether a report still holds. 核验报告。"""
    start(demo)
    from chengxin.disclosure import report as reports
    from chengxin.ui import clock

    found = reports.verify(number, code, clock.today())
    click.echo(WORDS[found.validity.value])
    if found.validity is not reports.Validity.VALID:
        raise SystemExit(1)


@report.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DEMO_OPTION
def check(file: Path, demo: bool) -> None:
    """Say whether a PDF or JSON file is, byte for byte, one that was handed out. 核验文件。"""
    start(demo)
    from chengxin.disclosure import report as reports
    from chengxin.ui import clock

    with file.open("rb") as opened:
        found = reports.check(opened.read(reports.LARGEST + 1), clock.today())
    words = [("未被改动 unaltered", found.unaltered), ("平台签名有效 our signature stands", found.signed)]
    click.echo(", ".join([*(word for word, holds in words if holds), WORDS[found.report.validity.value]]))
    if found.report.validity is not reports.Validity.VALID:
        raise SystemExit(1)


@report.command("batch")
@click.argument("batch", type=click.UUID)
@click.option("--zip", "out", type=click.Path(path_type=Path), help="Write the sheets into this ZIP. 打包到文件")
@AS_OPTION
@DEMO_OPTION
def batch(batch: UUID, out: Path | None, username: str, demo: bool) -> None:
    """Go on with a batch where it stopped, to its end. 继续批量出具。"""
    start(demo)
    from chengxin.disclosure.reports import batches
    from chengxin.ui import clock

    actor = _actor(username)
    seen = batches.progress(batch, actor)
    while seen.waiting:
        before, seen = seen.waiting, batches.go_on(batch, actor, now=clock.now(), today=clock.today())
        click.echo(f"{len(seen.rows) - seen.waiting}/{len(seen.rows)}")
        if seen.waiting == before:
            raise click.ClickException("其余各行正由别处出具，请稍后再试。\nThe rest is being made elsewhere.")
    click.echo(f"已出具 made {seen.made}, 未出具 refused {seen.refused}")
    if out is not None:
        with out.open("wb") as packed:
            for piece in batches.archive(batch, actor, now=clock.now(), today=clock.today()):
                packed.write(piece)


@report.command("decide")
@click.argument("batch", type=click.UUID)
@click.option("--approve/--refuse", required=True, default=None)
@click.option("--answer", default="", help="Why not. 不批准的理由")
@AS_OPTION
@DEMO_OPTION
def decide(batch: UUID, approve: bool, answer: str, username: str, demo: bool) -> None:
    """Approve or refuse a batch of another person of the unit. 批准或不批准一批。"""
    start(demo)
    from chengxin.disclosure.reports import batch_approval
    from chengxin.ui import clock

    now, today = clock.now(), clock.today()
    asked = batch_approval.decide(batch, _actor(username), approve=approve, answer=answer, now=now, today=today)
    click.echo(f"{asked.pk} {batch_approval.state(asked, today)}")


@report.command("withdraw")
@click.argument("number")
@click.option("--reason", type=click.Choice(["mistake", "lost", "not_needed"]), default="mistake", show_default=True)
@AS_OPTION
@DEMO_OPTION
def withdraw(number: str, reason: str, username: str, demo: bool) -> None:
    """Take back a report one has made. 撤回报告。"""
    start(demo)
    from chengxin.disclosure import report as reports
    from chengxin.ui import clock

    reports.withdraw(number, _actor(username), reason, now=clock.now())
    click.echo("已撤回 withdrawn")


@report.command("forget")
@DEMO_OPTION
def forget(demo: bool) -> None:
    """Blank the sealed content of reports whose days of keeping are over. 清除过留存期的内容。"""
    start(demo)
    from chengxin.disclosure import report as reports
    from chengxin.ui import clock

    click.echo(f"已清除 blanked {reports.forget(clock.today())}")
