"""Commands for API clients: what lets a unit's own system speak for the unit, issued by the centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import click

from chengxin.cli.operations import DEMO_OPTION, start

AS_OPTION = click.option("--as", "username", required=True, help="The operator of the centre who acts. 经办人用户名")
CLIENT = click.argument("client", type=click.UUID)


@click.group()
def client() -> None:
    """API clients of units' systems. 接口客户端。"""


def _actor(username: str) -> Any:
    from chengxin.accounts import selectors

    actor = selectors.user_by_name(username)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return actor


def _tell(issued: Any) -> None:
    """Print a token, the only time it can be shown."""
    click.echo(f"{issued.client.pk} 有效至 until {issued.client.expires_at:%Y-%m-%d}\n令牌 token: {issued.token}")


@client.command("issue")
@click.option("--agency", "code", required=True, help="The unit's unified social credit code. 单位代码")
@click.option("--purpose", "purposes", multiple=True, required=True, help="submission, feed, a purpose. 用途，可多个")
@click.option("--days", type=click.IntRange(1, 90), default=90, show_default=True, help="Days it holds. 有效天数")
@AS_OPTION
@DEMO_OPTION
def issue(code: str, purposes: tuple[str, ...], days: int, username: str, demo: bool) -> None:
    """Issue a client; its token is shown this once. 签发，令牌只显示一次。"""
    start(demo)
    from chengxin.accounts import clients
    from chengxin.accounts.selectors import agency_by_uscc
    from chengxin.catalogue import lawbook
    from chengxin.ui import clock

    agency = agency_by_uscc(code)
    if agency is None:
        raise click.ClickException("没有这个单位。\nThere is no such agency.")
    known = [clients.SUBMISSION, clients.FEED, clients.COMPAT_SHANDONG, *(each.code for each in lawbook.purposes())]
    if set(purposes) - set(known):
        raise click.ClickException(f"用途只能是：{'、'.join(known)}。\nPurposes are: {', '.join(known)}.")
    _tell(clients.issue(agency, purposes, _actor(username), clock.now(), life=timedelta(days=days)))


@client.command("list")
@AS_OPTION
@DEMO_OPTION
def listing(username: str, demo: bool) -> None:
    """List every client there is or was. 列出接口客户端。"""
    start(demo)
    from chengxin.accounts import clients
    from chengxin.ui import clock

    now = clock.now()
    for each in clients.all_clients(_actor(username)):
        purposes = ",".join(each.purposes)
        parts = (each.pk, clients.state(each, now), each.agency.uscc, each.agency.name_zh, purposes)
        click.echo("\t".join(map(str, (*parts, f"{each.expires_at:%Y-%m-%d}"))))


@client.command("rotate")
@CLIENT
@click.option("--overlap", type=click.IntRange(0, 14), default=7, show_default=True, help="Days both work. 并用天数")
@AS_OPTION
@DEMO_OPTION
def rotate(client: UUID, overlap: int, username: str, demo: bool) -> None:
    """Issue the successor of a client; the old token works for the overlap. 更换令牌。"""
    start(demo)
    from chengxin.accounts import clients
    from chengxin.ui import clock

    _tell(clients.rotate(client, _actor(username), clock.now(), overlap=timedelta(days=overlap)))


@client.command("disable")
@CLIENT
@AS_OPTION
@DEMO_OPTION
def disable(client: UUID, username: str, demo: bool) -> None:
    """End a client at once. 停用。"""
    start(demo)
    from chengxin.accounts import clients
    from chengxin.ui import clock

    actor = _actor(username)
    if client not in {each.pk for each in clients.all_clients(actor)}:
        raise click.ClickException("没有这个接口客户端。\nThere is no such client.")
    clients.disable(client, actor, clock.now())
    click.echo("已停用 disabled")
