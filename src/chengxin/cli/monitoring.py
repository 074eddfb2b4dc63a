"""Commands of the monitoring room: the daily look over reads, and the compliance probe."""

from __future__ import annotations

from typing import Any

import click

from chengxin.cli.operations import DEMO_OPTION, start


@click.command()
@DEMO_OPTION
def misuse(demo: bool) -> None:
    """Put the reads of every day that is over to the rules, and open tickets for people. 核查查询。"""
    start(demo)
    from chengxin.monitoring import judging
    from chengxin.ui import clock

    opened = judging.run(now=clock.now(), today=clock.today(), say=lambda text: click.echo(text, err=True))
    click.echo(f"核查单 tickets opened: {opened}")


@click.command()
@click.option("--recipient", type=int, help="Only this one, at once. 只查这一个接收方")
@DEMO_OPTION
def probe(recipient: int | None, demo: bool) -> None:
    """Look at recipients' public pages for records that have ended for them. 合规巡查。"""
    start(demo)
    from chengxin.monitoring import probing, showing
    from chengxin.ui import clock

    now, today = clock.now(), clock.today()
    for number in probing.due(today) if recipient is None else [recipient]:
        _tell(probing.probe(number, now=now, today=today))
    showing.remind(now=now, today=today)
    for each in showing.showing():
        click.echo(f"仍在公示 still shown: {each.agency_zh} {each.contract_no} {each.count}")


def _tell(done: Any) -> None:
    failure = f", 未读 failed: {done.failure}" if done.failure else ""
    figures = f"网页 pages {done.pages}, 应撤 sought {done.sought}, 查到 found {done.found}"
    click.echo(f"{done.recipient.contract_no}: {figures}{failure}")
