"""Commands of portable reports: the issuer's keys, status lists, checking one offline, and withdrawing one."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION

STATES = {
    "valid": "有效 valid",
    "superseded": "已被取代 superseded",
    "withdrawn": "已撤回 withdrawn",
    "unknown": "状态未知 status unknown",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def portable() -> None:
    """Reports that holders carry away and show in parts. 可携带报告。"""


@portable.command("keys")
@DEMO_OPTION
def keys(demo: bool) -> None:
    """Print the public keys under which reports are signed. 打印签发公钥。"""
    _start(demo)
    from chengxin.disclosure.portable import services

    click.echo(json.dumps(services.keys(), indent=1))


@portable.command("status")
@click.argument("number", type=int)
@click.option("--site", required=True, help="Address of this installation, as reports name it. 网站地址")
@DEMO_OPTION
def status(number: int, site: str, demo: bool) -> None:
    """Print a signed status list, compared with the register now. 打印状态清单。"""
    _start(demo)
    from chengxin.disclosure.portable import services
    from chengxin.ui import clock

    services.refresh(now=clock.now())
    uri = f"{site.rstrip('/')}/portable/status/{number}"
    click.echo(services.publish(number, uri, now=clock.now()).token)


@portable.command("check")
@click.argument("presentation", type=FILE)
@click.option("--keys", "key_file", type=FILE, required=True, help="The issuer's keys.json. 签发机构公钥")
@click.option("--status", "list_file", type=FILE, help="A status list, fetched now or earlier. 状态清单")
@click.option("--audience", help="For whom it must have been made. 给谁看")
@click.option("--nonce", help="The number of the request. 请求编号")
@click.option("--unbound", is_flag=True, help="Accept a report its holder did not sign. 接受没有持有人签名的")
@DEMO_OPTION
def check(
    presentation: Path,
    key_file: Path,
    list_file: Path | None,
    audience: str | None,
    nonce: str | None,
    unbound: bool,
    demo: bool,
) -> None:
    """Check a presentation with files only; the exit code is 3 unless it is valid. 离线核验。"""
    _start(demo)
    from chengxin.disclosure.portable import services
    from chengxin.ui import clock

    listed = list_file.read_text() if list_file else None
    found = services.check(
        presentation.read_text(), key_file.read_text(), listed,
        now=clock.now(), audience=audience, nonce=nonce, bound=not unbound,
    )  # fmt: skip
    click.echo(json.dumps(found.claims, ensure_ascii=False, indent=1))
    age = "" if found.age is None else f"，状态清单是 {found.age // 60} 分钟前的 list made {found.age // 60} min ago"
    click.echo(f"{STATES[found.status]}{age}")
    click.echo("没有出示的，不等于没有。What is not shown is not thereby absent.")
    if found.status != "valid":
        raise SystemExit(3)


@portable.command("withdraw")
@click.argument("report", type=click.UUID)
@click.option("--user", required=True, help="The operator of the centre. 信用中心经办")
@DEMO_OPTION
def withdraw(report: UUID, user: str, demo: bool) -> None:
    """Withdraw a report on behalf of the centre. 信用中心撤回。"""
    _start(demo)
    from chengxin.accounts.selectors import user_by_name
    from chengxin.disclosure.portable import services
    from chengxin.ui import clock

    actor = user_by_name(user)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    services.withdraw(report, actor, now=clock.now())
    click.echo("已撤回 withdrawn")


def _start(demo: bool) -> None:
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
