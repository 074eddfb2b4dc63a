"""The daily command that finds who may be restored and tells them."""

from __future__ import annotations

from datetime import date, datetime

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION


@click.command()
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Another day than today. 计算基准日")
@click.option("--engine", type=click.Choice(["duckdb", "reference"]), default="duckdb", show_default=True)
@DEMO_OPTION
def outreach(today: datetime | None, engine: str, demo: bool) -> None:
    """Find who has become eligible for restoration and tell them, once each. 主动告知可以修复的主体。"""
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.rights import outreach as service
    from chengxin.ui import clock

    day = today.date() if today else clock.today()
    tally = service.run(now=clock.now(), today=day, engine=engine, progress=_progress)
    click.echo(
        f"{day}：记录 records {tally.records}，可修复 eligible {tally.found}，将来可修复 becoming {tally.becoming}；"
        f"送达 told {tally.invited}，免申请终止 ended {tally.ended}，本人已申请 applied {tally.applied}"
    )
    _tell_share(day)


def _progress(done: int, total: int) -> None:
    click.echo(f"  {done}/{total}", err=True)


def _tell_share(day: date) -> None:
    from chengxin.rights import repaired

    figure = repaired.key_figure(day)
    share = f"{figure.subjects.percent} %" if figure.subjects.percent is not None else "—"
    click.echo(
        f"{figure.days} 日内修复的主体 subjects repaired within {figure.days} days: "
        f"{figure.subjects.repaired}/{figure.subjects.eligible} ({share})"
    )
