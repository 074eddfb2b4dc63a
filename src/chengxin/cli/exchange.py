"""Commands for signed exchange: our public key, and the keys of other systems pinned by the centre."""

from __future__ import annotations

from uuid import UUID

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION


@click.group()
def exchange() -> None:
    """Signed and encrypted exchange with departments' systems. 加密交换。"""


@exchange.command("key")
@DEMO_OPTION
def key(demo: bool) -> None:
    """Show the public key that departments encrypt for. 显示平台公钥。"""
    _start(demo)
    from chengxin.vault.exchange_keys import exchange_keys

    click.echo(f"04{exchange_keys().public.hex()}")


@exchange.command("pin")
@click.option("--agency", required=True, help="USCC of the department. 单位统一社会信用代码")
@click.option("--public-key", required=True, help="Its SM2 public key, hexadecimal. 对端公钥")
@click.option("--user", required=True, help="The operator of the centre who checked the key. 核对公钥的经办")
@DEMO_OPTION
def pin(agency: str, public_key: str, user: str, demo: bool) -> None:
    """Pin a department's public key after checking it over another channel. 登记对端公钥。"""
    _start(demo)
    from chengxin.accounts.selectors import agency_by_uscc, user_by_name
    from chengxin.intake.exchange import peers
    from chengxin.ui import clock

    found, actor = agency_by_uscc(agency), user_by_name(user)
    if found is None or actor is None:
        raise click.ClickException("没有这个单位或用户。\nThere is no such agency or user.")
    peer = peers.pin(found, public_key, actor, clock.now())
    click.echo(f"{peer.id}  {found.name_zh}")


@exchange.command("peers")
@DEMO_OPTION
def listed(demo: bool) -> None:
    """List the keys that are or were pinned. 列出已登记的公钥。"""
    _start(demo)
    from chengxin.intake.exchange import peers

    for peer in peers.all_peers():
        state = f"停用 removed {peer.removed_at:%Y-%m-%d}" if peer.removed_at else "有效 standing"
        click.echo(f"{peer.id}  {peer.agency.uscc}  {peer.agency.name_zh}  {peer.public_key[:16]}…  {state}")


@exchange.command("remove")
@click.argument("peer", type=click.UUID)
@click.option("--user", required=True, help="The operator of the centre. 经办")
@DEMO_OPTION
def remove(peer: UUID, user: str, demo: bool) -> None:
    """Take no more messages signed with a key. 停用对端公钥。"""
    _start(demo)
    from chengxin.accounts.selectors import user_by_name
    from chengxin.intake.exchange import peers
    from chengxin.ui import clock

    actor = user_by_name(user)
    if actor is None or peer not in {each.id for each in peers.peers_of(actor)}:
        raise click.ClickException("没有这个用户或对端。\nThere is no such user or peer.")
    peers.remove(peer, actor, clock.now())
    click.echo("已停用 removed")


def _start(demo: bool) -> None:
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
