"""Commands of a unit that works under authorisations: ask a subject, see how it stands, check the signed artefact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from chengxin.cli.enquiry import NUMBER, acting, kind_of
from chengxin.cli.operations import DEMO_OPTION, start
from chengxin.cli.recipients import AS_OPTION


@click.group()
def authorisation() -> None:
    """Authorisations by the subject. 查询授权。"""


@authorisation.command("ask")
@click.option("--purpose", required=True, help="Purpose, such as bank_credit. 用途")
@click.option("--code-kind", default="citizen_id", show_default=True, help="Kind of code. 证件类型")
@click.option("--item", "items", multiple=True, required=True, help="Catalogue item; once for each. 目录项，可重复")
@click.option("--days", default=30, show_default=True, help="1 to 90. 期限")
@click.option("--once/--repeatedly", default=False, show_default=True, help="How often. 一次或者多次")
@AS_OPTION
@DEMO_OPTION
def ask(purpose: str, code_kind: str, items: tuple[str, ...], days: int, once: bool, username: str, demo: bool) -> None:
    """Ask a subject; code and name are asked for, never given as options. 申请授权。"""
    start(demo)
    from chengxin.disclosure import authorisations
    from chengxin.ui import clock

    code, name = click.prompt("号码 code", hide_input=True), click.prompt("姓名（名称） name")
    wanted = authorisations.Ask(purpose, kind_of(code_kind), code, name, items, days, once)
    made = authorisations.ask(wanted, acting(username), now=clock.now(), today=clock.today())
    click.echo(f"{made.pk} {authorisations.state(made, clock.today())}")


@authorisation.command("show")
@NUMBER
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write the artefact. 凭证文件")
@AS_OPTION
@DEMO_OPTION
def show(number: UUID, target: Path | None, username: str, demo: bool) -> None:
    """Say how an authorisation of one's unit stands, and write its signed artefact to a file. 查看授权。"""
    start(demo)
    from chengxin.disclosure import authorisation_artefact, authorisations
    from chengxin.ui import clock

    found = authorisations.of_unit(number, acting(username))
    times = "一次 once" if found.once else "多次 repeatedly"
    click.echo(f"{found.pk} {authorisations.state(found, clock.today())} {found.purpose} {found.until or '-'} {times}")
    if target is not None:
        file: Any = authorisation_artefact.as_file(found, now=clock.now())
        target.write_text(json.dumps(file, ensure_ascii=False, indent=1), encoding="utf-8")


@authorisation.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DEMO_OPTION
def verify(file: Path, demo: bool) -> None:
    """Say whether this installation signed an artefact, and whether it is the latest. 核验授权凭证。"""
    start(demo)
    from chengxin.disclosure import authorisation_artefact

    found = authorisation_artefact.check(file.read_bytes())
    click.echo(f"{WORDS[found.verdict]} {found.status}")
    if found.verdict != "latest":
        raise SystemExit(1)


WORDS = {
    "latest": "有效签名，最新 signed here, the latest:",
    "older": "有效签名，但之后另有变化 signed here, but there is a later one:",
    "unknown": "不是本平台签发，或者被改动 not signed here, or changed:",
}
