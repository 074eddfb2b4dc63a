"""Commands of the quality desk: count the months anew, print the table, issue the bulletin."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION

MONTH_OPTION = click.option("--month", required=True, help="Such as 2026-10. 月份")
AS_OPTION = click.option("--as", "username", required=True, help="The officer of the centre. 经办人用户名")


@click.group()
def quality() -> None:
    """Quality of reporting, month by month. 归集质量。"""


@quality.command()
@DEMO_OPTION
def count(demo: bool) -> None:
    """Count every month anew. 重新统计。"""
    _start(demo)
    from chengxin.intake.quality import counting
    from chengxin.ui import clock

    click.echo(f"{counting.count(clock.now())} 个月度数字 figures (agency × item × month)")


@quality.command()
@MONTH_OPTION
@AS_OPTION
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="PDF file. 输出文件")
@DEMO_OPTION
def bulletin(month: str, username: str, out: Path, demo: bool) -> None:
    """Issue the bulletin of a month and write it as PDF, its table beside it as CSV. 签发质量通报。"""
    _start(demo)
    from chengxin.intake.quality import bulletin as bulletins
    from chengxin.intake.quality import bulletin_pdf
    from chengxin.monitoring import appraisal
    from chengxin.ui import clock

    now = clock.now()
    made = bulletins.issue(_month(month), actor=_officer(username), now=now, today=clock.today(), uses=appraisal.uses)
    out.write_bytes(bulletin_pdf.pdf(made, now=now))
    out.with_suffix(".csv").write_bytes(made.table.encode())
    click.echo(f"{made.number} → {out}, {out.with_suffix('.csv')}\nSHA-256 {made.sha256}")


@quality.command()
@MONTH_OPTION
@AS_OPTION
@DEMO_OPTION
def table(month: str, username: str, demo: bool) -> None:
    """Print the league table of a month as CSV. 输出月度表。"""
    _start(demo)
    from chengxin.intake.quality import bulletin as bulletins
    from chengxin.monitoring import appraisal
    from chengxin.ui import clock

    click.echo(
        bulletins.as_csv(bulletins.table(_month(month), _officer(username), clock.today(), appraisal.uses)), nl=False
    )


def _start(demo: bool) -> None:
    if demo:
        setup.demonstration(setup.DEMO_DAY, fresh=False)
    else:
        setup.django()


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise click.BadParameter("月份写作 2026-10。 Write the month as 2026-10.") from None


def _officer(username: str) -> Any:
    from chengxin.accounts import selectors as accounts

    found = accounts.user_by_name(username)
    if found is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return found
