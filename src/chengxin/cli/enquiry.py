"""Commands of the enquirer and of the second person: one enquiry, approvals, protected subjects, orders for many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import click

from chengxin.cli.operations import DEMO_OPTION, start
from chengxin.cli.recipients import AS_OPTION

ABOUT = (
    click.option("--purpose", required=True, help="Purpose, such as licensing. 用途"),
    click.option("--kind", "subject_kind", default="person", show_default=True, help="Kind of subject. 主体类别"),
    click.option("--code-kind", default="citizen_id", show_default=True, help="Kind of code. 证件类型"),
    click.option("--statute", default="", help="The article acted under. 依据条款"),
    click.option("--matter", "matter_no", default="", help="Number of the matter. 办理事项编号"),
    click.option(
        "--matter-kind", "matter", default="", help="Kind of matter, where the purpose names some. 办理什么事项"
    ),
    click.option("--reason", default="", help="Why. 为什么查"),
)
NUMBER = click.argument("number", type=click.UUID)


def about(command: Any) -> Any:
    """Give a command the options that say what an enquiry is about."""
    for option in reversed(ABOUT):
        command = option(command)
    return command


def acting(username: str) -> Any:
    """Return the user who acts."""
    from chengxin.accounts import selectors

    actor = selectors.user_by_name(username)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return actor


def kind_of(value: str) -> Any:
    """Return a kind of code by its name."""
    from chengxin.rules.identifiers.verdict import CodeKind

    known = {kind.value: kind for kind in CodeKind}
    if value not in known:
        raise click.ClickException(f"证件类型须为其中之一：{'、'.join(known)}。\nOne of: {', '.join(known)}.")
    return known[value]


@click.group()
def enquire() -> None:
    """Enquire under a basis, and approve what others put. 依据查询和第二人批准。"""


@enquire.command("ask")
@about
@click.option("--authorisation", type=click.UUID, default=None, help="The subject's authorisation. 授权编号")
@click.option("--approval", type=click.UUID, default=None, help="A second person's approval. 批准编号")
@click.option("--for-approval", is_flag=True, help="Put it before a second person, answer nothing. 先送另一人批准")
@AS_OPTION
@DEMO_OPTION
def ask(username: str, demo: bool, for_approval: bool, **typed: Any) -> None:
    """Ask about one subject; code and name are asked for, never given as options. 查一个主体。"""
    start(demo)
    from chengxin.disclosure.orders import approvals
    from chengxin.disclosure.services import Enquiry, disclose
    from chengxin.ui import clock
    from chengxin.ui.chance import chance

    code, name = click.prompt("号码 code", hide_input=True), click.prompt("姓名（名称） name")
    enquiry = Enquiry(
        actor=acting(username), code=code, name=name, code_kind=kind_of(typed.pop("code_kind")),
        authorisation_id=typed.pop("authorisation"), approval_id=typed.pop("approval"), **typed,
    )  # fmt: skip
    if for_approval:
        made = approvals.ask(enquiry, now=clock.now(), today=clock.today())
        click.echo(f"{made.pk} 等待批准 waiting, {made.expires_on}")
        return
    answer = disclose(enquiry, now=clock.now(), today=clock.today(), rng=chance())
    click.echo(json.dumps(asdict(answer), ensure_ascii=False, indent=1, default=str))


@enquire.command("waiting")
@AS_OPTION
@DEMO_OPTION
def waiting(username: str, demo: bool) -> None:
    """List what waits for this person's decision. 等我批准的。"""
    start(demo)
    from chengxin.disclosure.orders import approvals
    from chengxin.ui import clock

    for each in approvals.for_decider(acting(username), clock.today()):
        click.echo(f"{each.approval.pk} {each.approval.purpose} {each.subject} {each.matter_no} {each.reason}")


@enquire.command("decide")
@NUMBER
@click.option("--approve/--refuse", required=True, default=None)
@click.option("--answer", default="", help="Why not. 不批准的理由")
@AS_OPTION
@DEMO_OPTION
def decide(number: UUID, approve: bool, answer: str, username: str, demo: bool) -> None:
    """Approve or refuse what another person put. 批准或不批准。"""
    start(demo)
    from chengxin.disclosure.orders import approvals
    from chengxin.ui import clock

    now, today = clock.now(), clock.today()
    made = approvals.decide(number, acting(username), approve=approve, answer=answer, now=now, today=today)
    click.echo(f"{made.pk} {approvals.state(made, today)}")


@enquire.command("protect")
@click.option("--code-kind", default="citizen_id", show_default=True)
@click.option("--ground", required=True, help="On what ground. 保护依据")
@AS_OPTION
@DEMO_OPTION
def protect(code_kind: str, ground: str, username: str, demo: bool) -> None:
    """Propose to protect a subject: every look then waits for the centre; another person decides. 提议设定保护。"""
    start(demo)
    from chengxin.disclosure.orders import protection
    from chengxin.ui import clock

    code, name = click.prompt("号码 code", hide_input=True), click.prompt("姓名（名称） name")
    made = protection.propose(kind_of(code_kind), code, name, ground, acting(username), clock.now())
    click.echo(str(made.pk))


@enquire.command("unprotect")
@NUMBER
@click.option("--ground", required=True, help="On what ground. 解除依据")
@AS_OPTION
@DEMO_OPTION
def unprotect(number: UUID, ground: str, username: str, demo: bool) -> None:
    """Propose to end a protection, by its number; another person decides. 提议解除保护。"""
    start(demo)
    from chengxin.disclosure.orders import protection
    from chengxin.ui import clock

    click.echo(str(protection.propose_lift(number, ground, acting(username), clock.now()).pk))


@enquire.command("protections")
@AS_OPTION
@DEMO_OPTION
def protections(username: str, demo: bool) -> None:
    """List the protections in force and the proposals to decide. 受保护主体和等我决定的提议。"""
    start(demo)
    from chengxin.disclosure.orders import protection

    actor = acting(username)
    for each in protection.standing(actor):
        click.echo(f"{each.row.pk} 受保护 protected {each.name} {each.row.ground}")
    for each in protection.waiting(actor):
        click.echo(f"{each.row.pk} 等待决定 waiting {each.name} {each.row.ground}")


@enquire.command("decide-protection")
@NUMBER
@click.option("--approve/--refuse", required=True, default=None)
@click.option("--answer", default="", help="Why not. 不批准的理由")
@AS_OPTION
@DEMO_OPTION
def decide_protection(number: UUID, approve: bool, answer: str, username: str, demo: bool) -> None:
    """Approve or refuse what another person proposed about a protection. 决定保护的提议。"""
    start(demo)
    from chengxin.disclosure.orders import protection
    from chengxin.ui import clock

    made = protection.decide(number, acting(username), approve=approve, answer=answer, now=clock.now())
    click.echo(f"{made.pk} {'批准 approved' if made.approved else '不批准 refused'}")


@click.group()
def orders() -> None:
    """Orders for many subjects. 批量查询。"""


@orders.command("place")
@about
@click.option("--file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV. 名单")
@AS_OPTION
@DEMO_OPTION
def place(file: Path, username: str, demo: bool, **typed: Any) -> None:
    """Put a list (code, name in each line) before another person. 送请批准。"""
    start(demo)
    from chengxin.disclosure.orders import orders as many
    from chengxin.disclosure.orders.services import Wanted, read_subjects
    from chengxin.ui import clock

    subjects = read_subjects(file.read_text("utf-8-sig"))
    wanted = Wanted(subjects=subjects, code_kind=kind_of(typed.pop("code_kind")), **typed)
    _said(many.progress(many.place(wanted, acting(username), now=clock.now(), today=clock.today()), clock.today()))


@orders.command("decide")
@NUMBER
@click.option("--approve/--refuse", required=True, default=None)
@click.option("--answer", default="", help="Why not. 不批准的理由")
@AS_OPTION
@DEMO_OPTION
def decide_order(number: UUID, approve: bool, answer: str, username: str, demo: bool) -> None:
    """Approve or refuse an order of another person of the unit. 批准或不批准。"""
    start(demo)
    from chengxin.disclosure.orders import orders as many
    from chengxin.ui import clock

    now, today = clock.now(), clock.today()
    order = many.decide(number, acting(username), approve=approve, answer=answer, now=now, today=today)
    _said(many.progress(order, today))


@orders.command("run")
@NUMBER
@AS_OPTION
@DEMO_OPTION
def run(number: UUID, username: str, demo: bool) -> None:
    """Ask about every subject that is still open; stopped, it goes on where it was. 查询，可断点继续。"""
    start(demo)
    from chengxin.disclosure.orders import orders as many
    from chengxin.ui import clock

    actor = acting(username)
    found = many.run(number, actor, now=clock.now(), today=clock.today())
    while found.state == "approved":
        _said(found)
        found = many.run(number, actor, now=clock.now(), today=clock.today())
    _said(found)


@orders.command("take")
@NUMBER
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="ZIP to write.")
@AS_OPTION
@DEMO_OPTION
def take(number: UUID, target: Path, username: str, demo: bool) -> None:
    """Write the results to a file, once. 取走结果，只能一次。"""
    start(demo)
    from chengxin.disclosure.orders import orders as many
    from chengxin.ui import clock

    with _fresh(target) as file:  # Opened first: what is given once must find its place.
        file.write(many.take(number, acting(username), now=clock.now(), today=clock.today()))
    click.echo(target.name)


@contextmanager
def _fresh(target: Path) -> Iterator[IO[bytes]]:
    """Open a file that does not exist yet; where nothing could be written to it, it is gone again."""
    try:
        file = target.open("xb")
    except OSError:
        raise click.ClickException(
            "文件已存在，或该处不能写入。请换一个文件名。\n"
            "The file exists already, or cannot be written there. Name another one."
        ) from None
    try:
        with file:
            yield file
    except BaseException:
        target.unlink()
        raise


def _said(found: Any) -> None:
    click.echo(f"{found.order.pk} {found.state} {found.done}/{found.order.lines}")
