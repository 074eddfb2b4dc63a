"""The command that counts every open due date anew, for instance after a new holiday notice."""

from __future__ import annotations

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION


@click.command()
@DEMO_OPTION
def deadlines(demo: bool) -> None:
    """Count every open due date anew and go on without silent sources. 重新推算期限。"""
    if demo:
        setup.demonstration(setup.DEMO_DAY, fresh=False)
    else:
        setup.django()
    from chengxin.rights import handling, time_limits
    from chengxin.ui import clock

    found = time_limits.recompute_all(now=clock.now())
    for each in found.moved:
        before, after = each.before.due_on, each.after.due_on
        click.echo(f"{each.after.case.number} {each.after.key}: {before} → {after}")
    lapsed = handling.lapse_overdue(now=clock.now(), today=clock.today())
    click.echo(f"重新推算 recomputed {len(found.moved)}，逾期未答复继续办理 gone on without an answer {lapsed}")
    if found.beyond_calendar:
        numbers = "、".join(found.beyond_calendar)
        raise click.ClickException(
            f"缺放假安排，未能推算：{numbers}。请在 law/national/calendar/ 补上。\n"
            f"No holiday arrangement reaches these cases; add the year under law/national/calendar/: {numbers}."
        )
