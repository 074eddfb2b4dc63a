"""Commands about those who take the feed under a contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from chengxin.cli.operations import DEMO_OPTION, start

AS_OPTION = click.option("--as", "username", required=True, help="The officer of the centre who acts. 经办人用户名")
NUMBER = click.argument("number", type=int)


@click.group()
def recipient() -> None:
    """Recipients of the feed. 共享接收方。"""


def _actor(username: str) -> Any:
    from chengxin.accounts import selectors

    actor = selectors.user_by_name(username)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return actor


@recipient.command("add")
@click.option("--agency", required=True, help="The unit's unified social credit code. 单位代码")
@click.option("--contract", required=True, help="Contract number. 合同编号")
@click.option("--purpose", required=True, help="Purpose, such as supervision. 用途")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day. 起始日")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day. 截止日")
@click.option("--retention-days", required=True, type=int, help="How long it may keep what it gets. 保存天数")
@click.option("--url", default="", help="Push to this address; without one the unit pulls. 推送地址")
@AS_OPTION
@DEMO_OPTION
def add(
    agency: str,
    contract: str,
    purpose: str,
    since: datetime,
    until: datetime,
    retention_days: int,
    url: str,
    username: str,
    demo: bool,
) -> None:
    """Register a contract and issue its key, shown once. 登记并签发密钥。"""
    start(demo)
    from chengxin.disclosure import recipients
    from chengxin.ui import clock

    wanted = recipients.Wanted(agency, contract, purpose, since.date(), until.date(), retention_days, url)
    keyed = recipients.add(wanted, actor=_actor(username), now=clock.now())
    click.echo(f"{keyed.recipient.pk} {contract}\n密钥 key: {keyed.key}")


@recipient.command("list")
@DEMO_OPTION
def listing(demo: bool) -> None:
    """List every recipient, those in trouble first. 列出接收方。"""
    start(demo)
    from chengxin.disclosure import recipients
    from chengxin.ui import clock

    for each in recipients.listed(clock.now(), clock.today()):
        found = each.recipient
        parts = (found.pk, each.state, found.agency.name_zh, found.contract_no, found.purpose, each.url or "-")
        last = each.last_receipt.isoformat() if each.last_receipt else "-"
        click.echo("\t".join(map(str, (*parts, each.retention_days or "-", last, found.until))))


@recipient.command("rotate")
@NUMBER
@AS_OPTION
@DEMO_OPTION
def rotate(number: int, username: str, demo: bool) -> None:
    """Give a recipient a new key; the old one is dead at once. 更换密钥。"""
    start(demo)
    from chengxin.disclosure import recipients
    from chengxin.ui import clock

    click.echo(f"密钥 key: {recipients.rotate(number, actor=_actor(username), now=clock.now()).key}")


@recipient.command("disable")
@NUMBER
@AS_OPTION
@DEMO_OPTION
def disable(number: int, username: str, demo: bool) -> None:
    """Give a recipient no more content; withdrawals still go out. 停用。"""
    start(demo)
    from chengxin.disclosure import recipients
    from chengxin.ui import clock

    recipients.disable(number, actor=_actor(username), now=clock.now())
    click.echo("已停用 disabled")
