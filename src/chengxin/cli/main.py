"""The ``chengxin`` command."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from chengxin.cli import (
    annotated,
    authorisation,
    catalogue,
    clients,
    enquiry,
    exchange,
    mapping,
    monitoring,
    opendata,
    operations,
    outreach,
    portable,
    quality,
    recipients,
    records,
    reports,
    sandbox,
    screening,
    setup,
    subjects,
    time_limits,
)
from chengxin.rules import masks
from chengxin.rules.errors import Refusal


class SayRefusals(click.Group):
    """Shows a refusal as a sentence in both languages instead of a stack trace.

    What is wrong with a call is said without the numbers of persons that may stand in it: terminals are recorded, and
    the output of timed jobs is kept (charter C27).
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command and turn a refusal into an error message."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(f"{refusal.zh}\n{refusal.en}") from refusal
        except click.ClickException as fault:
            raise _masked(fault) from None


def _masked(fault: click.ClickException) -> click.ClickException:
    """Return a fault whose message holds no number of a person."""
    told = fault.format_message()
    masked = masks.free_text(told)
    if masked == told:
        return fault
    return click.UsageError(masked, fault.ctx) if isinstance(fault, click.UsageError) else click.ClickException(masked)


@click.group(cls=SayRefusals, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """诚信 Chengxin: an open platform for public-credit information 公共信用信息平台."""


@main.command()
def init() -> None:
    """Create keys, migrate the database and load the law. 初始化：密钥、数据库、目录。"""
    setup.keys()
    setup.django()
    setup.migrate()
    click.echo(setup.load_law())


@main.command()
@click.option("--seed", default=7, show_default=True, help="Same seed, same province. 随机种子")
@click.option("--out", type=click.Path(path_type=Path), default=Path("var/sample"), show_default=True)
@click.option("--today", default=setup.DEMO_DAY, show_default=True, help="The day the files are dated by. 数据基准日")
@click.option("--people", default=5000, show_default=True)
@click.option("--organisations", default=2000, show_default=True)
@click.option("--records", default=20000, show_default=True)
def sample(seed: int, out: Path, today: str, people: int, organisations: int, records: int) -> None:
    """Write a synthetic province in the real file layouts. 生成合成省份。"""
    from chengxin.cli.sample.province import generate
    from chengxin.cli.sample.writing import write

    province = generate(seed, date.fromisoformat(today), people=people, organisations=organisations, records=records)
    manifest = write(province, out)
    rows = sum(file["rows"] for file in manifest["files"])
    click.echo(f"{out}: {len(manifest['files'])} 个文件 files, {rows} 行 rows, truth.json")


@main.command()
@click.option("--serve/--no-serve", default=True, help="Serve the site afterwards. 演示后启动网站")
@click.option("--port", default=8000, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--today", default=setup.DEMO_DAY, show_default=True)
def demo(serve: bool, port: int, seed: int, today: str) -> None:
    """Walk one record's whole life in a sample province, then serve it. 演示。"""
    setup.demonstration(today, fresh=True)
    from chengxin.cli.walk.story import walk

    if not walk(seed, date.fromisoformat(today)):
        raise SystemExit(1)
    setup.lay_out()
    if serve:
        setup.serve(port)


@main.command()
@click.option("--demo", "demonstration", is_flag=True, help="Serve what `chengxin demo` left behind. 启动演示数据")
@click.option("--port", default=8000, show_default=True)
@click.option("--today", default=setup.DEMO_DAY, show_default=True, help="Only with --demo. 仅演示时有效")
def serve(demonstration: bool, port: int, today: str) -> None:
    """Serve the site on this machine. 启动网站。"""
    if demonstration:
        setup.demonstration(today, fresh=False)
    else:
        setup.django()
    setup.serve(port)


for command in (
    operations.intake,
    operations.template,
    annotated.annotate,
    annotated.retract,
    operations.work,
    operations.ledger,
    outreach.outreach,
    records.record,
    reports.report,
    recipients.recipient,
    time_limits.deadlines,
    mapping.mapping,
    subjects.subjects,
    catalogue.catalogue,
    exchange.exchange,
    quality.quality,
    clients.client,
    sandbox.sandbox,
    portable.portable,
    authorisation.authorisation,
    enquiry.enquire,
    enquiry.orders,
    screening.screen,
    screening.portfolio,
    screening.hits,
    monitoring.misuse,
    monitoring.probe,
    opendata.opendata,
):
    main.add_command(command)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.config.settings")
    main()
