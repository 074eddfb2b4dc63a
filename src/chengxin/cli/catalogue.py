"""Commands of the catalogue desk."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from chengxin.cli.operations import DEMO_OPTION, start

_USER = click.option("--as", "username", required=True, help="The user who acts. 经办人用户名")
_REASON = click.option("--reason", required=True, help="Why; it goes into the ledger. 理由")
_NUMBER = click.argument("number", type=int)


@click.group()
def catalogue() -> None:
    """Change the catalogue: items and columns. 目录变更。"""


def _actor(username: str, demo: bool) -> Any:
    start(demo)
    from chengxin.accounts import selectors as accounts

    actor = accounts.user_by_name(username)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return actor


def _line(change: Any) -> str:
    return f"{change.number} {change.kind} {change.subject} {change.state} {change.since}"


@catalogue.command("list")
@click.option("--state", default="", help="Only one state, such as comment. 只列一种状态")
@DEMO_OPTION
def list_all(state: str, demo: bool) -> None:
    """List the changes, newest first. 列出变更。"""
    start(demo)
    from chengxin.catalogue import change_reading

    for each in change_reading.listed(state):
        click.echo(_line(each))


@catalogue.command()
@_NUMBER
@DEMO_OPTION
def show(number: int, demo: bool) -> None:
    """Show one change, what it alters, what it moves today, and its history. 查看变更和影响。"""
    start(demo)
    from chengxin.catalogue import change_reading
    from chengxin.ui import clock

    change, today = change_reading.numbered(number), clock.today()
    click.echo(_line(change))
    for each in change_reading.altered(change, today):
        click.echo(f"  {each.key}: {each.before} → {each.after}")
    if change.started_at is None:
        _echo_impact(change, clock.now(), today)
    for step in change_reading.steps(change):
        by = step.actor.username if step.actor else "-"
        click.echo(f"  {step.at:%Y-%m-%d %H:%M} {step.action} {by} {step.reason}")


def _echo_impact(change: Any, now: datetime, today: date) -> None:
    from chengxin.monitoring import catalogue_impact

    seen = catalogue_impact.shown(change, now=now, today=today)
    found = seen.content
    click.echo(
        f"影响 impact {seen.pk}: 记录 records {found['records']}, 公示中 published {found['published']}, "
        f"不再公示 hidden {found['hidden']}, 重新公示 reopened {found['reopened']}, 内容不再公示 blanked "
        f"{found['blanked']}, 期限不同 other periods {found['periods']}, 已有内容 filled {found['filled']}"
    )
    feed = found["feed"]
    click.echo(
        f"  增量 feed: 撤回 withdrawn {feed['withdrawn']}, 变更 changed {feed['changed']}, 接收方 recipients "
        f"{feed['recipients']}; 应报单位 agencies that owe it {found['duties']}"
    )
    for each in found["agencies"]:
        click.echo(f"  {each['code']} {each['zh']}: {each['records']}")
    for page in found["pages"]:
        click.echo(f"  {page}")
    for record in catalogue_impact.newest(change, today):
        click.echo(f"  {record.item} {record.document_date} {record.zh}")


@catalogue.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--why", required=True, help="Why it is proposed. 为什么提出")
@_USER
@DEMO_OPTION
def propose(file: Path, why: str, username: str, demo: bool) -> None:
    """Draft a change written as in law/, under one key: item, layout or retirement. 起草变更。"""
    actor = _actor(username, demo)
    from chengxin.catalogue import changes
    from chengxin.catalogue.yamlfile import parse
    from chengxin.ui import clock

    content = parse(file, file.name)
    click.echo(_line(changes.propose(content, why, actor=actor, now=clock.now(), today=clock.today())))


def _step(number: int, action: str, reason: str, actor: Any) -> None:
    from chengxin.catalogue import change_reading, changes
    from chengxin.ui import clock

    found = change_reading.numbered(number)
    done = changes.act(found.id, action, reason, actor=actor, now=clock.now(), today=clock.today())
    click.echo(_line(done))


@catalogue.command()
@_NUMBER
@_USER
@DEMO_OPTION
def submit(number: int, username: str, demo: bool) -> None:
    """Send one's own draft to the legal check. 送审。"""
    _step(number, "submit", "", _actor(username, demo))


@catalogue.command()
@_NUMBER
@_USER
@_REASON
@DEMO_OPTION
def check(number: int, username: str, reason: str, demo: bool) -> None:
    """Pass the legal check; the comment period begins. 合法性审核通过。"""
    _step(number, "pass", reason, _actor(username, demo))


@catalogue.command("return")
@_NUMBER
@_USER
@_REASON
@DEMO_OPTION
def send_back(number: int, username: str, reason: str, demo: bool) -> None:
    """Send a change back to its author. 退回修改。"""
    _step(number, "return", reason, _actor(username, demo))


@catalogue.command()
@_NUMBER
@_USER
@_REASON
@DEMO_OPTION
def note(number: int, username: str, reason: str, demo: bool) -> None:
    """Record a comment that came in. 登记意见。"""
    _step(number, "note", reason, _actor(username, demo))


@catalogue.command()
@_NUMBER
@_USER
@DEMO_OPTION
def comments(number: int, username: str, demo: bool) -> None:
    """List the comments on a change with their answers, for the desk that answers them. 列出意见。"""
    actor = _actor(username, demo)
    from chengxin.catalogue import change_reading
    from chengxin.catalogue import comments as said

    for each in said.for_the_desk(change_reading.numbered(number), actor):
        who = each.agency.name_zh if each.agency else "公众 public"
        click.echo(f"{each.number} {each.made_at:%Y-%m-%d %H:%M} {who}: {each.said.text if each.said else '-'}")
        click.echo(f"  答复 answer: {each.answer or '-'}")


@catalogue.command()
@_NUMBER
@click.argument("comment")
@_USER
@click.option("--text", required=True, help="The answer. 答复内容")
@DEMO_OPTION
def answer(number: int, comment: str, username: str, text: str, demo: bool) -> None:
    """Answer one comment by the number that `comments` printed. 答复意见。"""
    actor = _actor(username, demo)
    from chengxin.catalogue import change_reading
    from chengxin.catalogue import comments as said
    from chengxin.ui import clock

    found = [each for each in said.for_the_desk(change_reading.numbered(number), actor) if each.number == comment]
    if not found:
        raise click.ClickException("这件变更没有这条意见。\nThere is no such comment on this change.")
    said.answer(found[0].id, text, actor=actor, now=clock.now(), today=clock.today())
    click.echo(f"{number} {comment} 已答复 answered")


@catalogue.command()
@_NUMBER
@click.option("--impact", required=True, help="The impact that `show` printed, within the hour. 一小时内所看影响的编号")
@_USER
@_REASON
@DEMO_OPTION
def approve(number: int, impact: str, username: str, reason: str, demo: bool) -> None:
    """Approve a change whose impact one has seen. 批准。"""
    actor = _actor(username, demo)
    from chengxin.catalogue import change_reading
    from chengxin.monitoring import catalogue_impact
    from chengxin.ui import clock

    found, now, today = change_reading.numbered(number), clock.now(), clock.today()
    click.echo(_line(catalogue_impact.approve(found.id, reason, impact, actor=actor, now=now, today=today)))


@catalogue.command()
@click.argument("code")
@click.option("--since", required=True, help="First day without the item. 停用日", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--basis", nargs=3, required=True, metavar="INSTRUMENT ARTICLE RANK", help="文件 条款 效力")
@click.option("--why", required=True, help="Why it is proposed. 为什么提出")
@_USER
@DEMO_OPTION
def retire(code: str, since: Any, basis: tuple[str, str, str], why: str, username: str, demo: bool) -> None:
    """Draft the retirement of an item; it goes the same way as any change. 起草停用。"""
    actor = _actor(username, demo)
    from chengxin.catalogue import changes
    from chengxin.ui import clock

    named = dict(zip(("instrument", "article", "rank"), basis, strict=True))
    content = {"retirement": {"code": code, "basis": [named], "since": since.date(), "verified": False}}
    click.echo(_line(changes.propose(content, why, actor=actor, now=clock.now(), today=clock.today())))
