"""One record's whole life, in ten steps."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click
from django.conf import settings
from django.utils import translation

from chengxin.cli.walk import coming_in, looking, proving, putting_right
from chengxin.cli.walk.stage import Stage, Step, play
from chengxin.ui import clock

STEPS: tuple[tuple[tuple[str, str], Step], ...] = (
    (("迁移，从 law/ 装载目录", "Migrate; load the catalogue from law/"), coming_in.load_the_law),
    (("生成合成省份", "Generate the synthetic province"), coming_in.generate_the_province),
    (("各部门报送 CSV 和 XLSX", "The departments file CSV and XLSX"), coming_in.file_everything),
    (("企业的处罚公开，自然人的不公开", "A firm's penalty is public, a person's is not"), looking.on_the_portal),
    (("没有依据，就没有答复", "No basis, no answer"), looking.under_a_basis),
    (("我的档案：有什么、为什么、到何时、谁看过", "My file: what, why, until when, who looked"), looking.my_file),
    (("异议：标注、核查、更正", "Objection: marked, checked, corrected"), putting_right.dispute),
    (("信用修复：一个决定，三个效果", "Restoration: one decision, three effects"), putting_right.restore),
    (("期满自动消失，不靠任务", "Past its last day it is gone, and no job ran"), putting_right.expire),
    (("存证：别人也能校验", "The ledger: anyone can verify it"), proving.prove),
)


def walk(seed: int, day: date) -> bool:
    """Play every step; stop at the first that does not hold. Prints a summary and tells whether all held."""
    stage = Stage(seed, day, Path(settings.VAR) / "sample")
    began = time.monotonic()
    click.echo(click.style(f"诚信 Chengxin · {day} · seed {seed}", bold=True))
    with clock.moved_to(day), translation.override("zh-hans"):
        held = all(play(stage, number, title, step) for number, (title, step) in enumerate(STEPS, start=1))
    verdict = click.style("全部成立 all steps held", fg="green") if held else click.style("未通过 failed", fg="red")
    click.echo(f"\n{verdict} · {time.monotonic() - began:.1f} s\n")
    return held
