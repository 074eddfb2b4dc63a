"""Commands about those who take the feed under a contract."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
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


@recipient.command("move")
@NUMBER
@click.option("--url", default="", help="Push to this address; none ends pushing. 推送地址，不填即停止推送")
@AS_OPTION
@DEMO_OPTION
def move(number: int, url: str, username: str, demo: bool) -> None:
    """Push to another address from now on, or no more. 更改推送地址。"""
    start(demo)
    from chengxin.disclosure import recipients
    from chengxin.ui import clock

    recipients.move(number, url, actor=_actor(username), now=clock.now())
    click.echo(url or "由对方自行领取 the unit pulls")


@recipient.command("snapshot")
@NUMBER
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder. 存放目录")
@AS_OPTION
@DEMO_OPTION
def snapshot(number: int, out: Path, username: str, demo: bool) -> None:
    """Write the whole set as signed pages, for a unit that is given it on a medium. 生成全量文件。"""
    start(demo)
    from chengxin.disclosure import recipients, snapshot
    from chengxin.ledger import services as ledger
    from chengxin.ui import clock

    out.mkdir(parents=True, exist_ok=True)
    taker, count, page = recipients.by_number(number), 0, 0
    given = snapshot.handed_over(taker, actor=_actor(username), clock=clock.now, today=clock.today())
    for page, made in enumerate(given, start=1):
        whole = {"body": made.body, "signature": made.signature, "vkey": ledger.vkey()}
        (out / f"snapshot-{made.number}-{page:05}.json").write_text(json.dumps(whole, ensure_ascii=False))
        count += made.count
    click.echo(f"{out}: {page} 页 pages, {count} 条 records, 截至 as of {made.number}")


@recipient.command("held")
@NUMBER
@click.option("--buckets", is_flag=True, help="Also every bucket. 同时列出各段")
@DEMO_OPTION
def held(number: int, buckets: bool, demo: bool) -> None:
    """Show what a unit should hold now, by count and digest, and what it said last. 应当持有的条数和摘要。"""
    start(demo)
    from chengxin.disclosure import holdings, recipients, snapshot
    from chengxin.rules import held_sets
    from chengxin.ui import clock

    taker, newest = recipients.by_number(number), snapshot.newest()
    should = holdings.should_hold(taker, newest, clock.today())
    total, said = held_sets.total(should), holdings.last_statements().get(number)
    click.echo(f"截至 as of {newest}: {total.count} 条 records, {total.sha256}")
    for bucket, part in held_sets.by_bucket(should).items() if buckets else ():
        click.echo(f"{bucket}\t{part.count}\t{part.sha256}")
    if said:
        agrees = "一致 agrees" if said.agrees else "不一致 differs"
        click.echo(f"对方报送 said {said.at.isoformat()}: {said.number} {said.count} {agrees}")


@recipient.command("deletions")
@DEMO_OPTION
def deletions(demo: bool) -> None:
    """List who keeps records past their time: how many, how many late, since when. 到期未确认删除的。"""
    start(demo)
    from chengxin.disclosure import recipients, retention
    from chengxin.ui import clock

    for each in recipients.listed(clock.now(), clock.today()):
        owed = retention.owed(each.recipient, clock.today())
        if owed.until:
            found = each.recipient
            parts = (found.pk, found.agency.name_zh, found.contract_no, len(owed.until), len(owed.late), owed.since)
            click.echo("\t".join(map(str, parts)))


@recipient.command("deleted")
@NUMBER
@click.option("--through", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Due by this day. 到期日截至")
@AS_OPTION
@DEMO_OPTION
def deleted(number: int, through: datetime, username: str, demo: bool) -> None:
    """Write down a unit's letter that what was due is deleted. 登记对方的删除确认。"""
    start(demo)
    from chengxin.disclosure import recipients, retention
    from chengxin.ui import clock

    now, today = clock.now(), clock.today()
    done = retention.deleted_by_letter(
        recipients.by_number(number), through.date(), actor=_actor(username), now=now, today=today
    )
    click.echo(f"{done.count} 条 records")
