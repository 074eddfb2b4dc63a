"""What the steps of the walk share: the day, the files, the people, and a voice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from chengxin.ui import clock


class StepFailed(Exception):
    """A step did not have the outcome it promises."""


@dataclass
class Stage:
    """The walk's own state. ``cast`` holds what one step leaves for the next; ``sizes`` are those of the province."""

    seed: int
    day: date
    folder: Path
    cast: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """Return the present moment on the walk's day."""
        return clock.now()

    def say(self, zh: str, en: str = "") -> None:
        """Print one line of the story."""
        click.echo(f"    {zh}" + (click.style(f"  ·  {en}", dim=True) if en else ""))

    def expect(self, holds: object, zh: str, en: str) -> None:
        """Print an outcome that was checked, or fail the walk."""
        if not holds:
            raise StepFailed(f"{zh} · {en}")
        click.echo(click.style("    ✓ ", fg="green") + zh + click.style(f"  ·  {en}", dim=True))


Step = Callable[[Stage], None]


def play(stage: Stage, number: int, title: tuple[str, str], step: Step) -> bool:
    """Run one step under its heading, print its time, and tell whether it held."""
    click.echo(click.style(f"\n{number:>2}  {title[0]}", bold=True) + f"  {title[1]}")
    began = time.monotonic()
    try:
        step(stage)
    except StepFailed as failure:
        click.echo(click.style(f"    ✗ {failure}", fg="red", bold=True))
        return False
    click.echo(click.style(f"    {time.monotonic() - began:.1f} s", dim=True))
    return True
