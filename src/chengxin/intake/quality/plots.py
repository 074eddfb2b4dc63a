"""Plots as plain SVG, the same for a page and for the bulletin; every one also says its figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from chengxin.rules.quality import Rate

WIDTH, HEIGHT = 340, 190
_LEFT, _TOP, _BOTTOM = 36, 12, 34
_FONT = 'font-family="Noto Sans CJK SC, sans-serif" font-size="12" fill="currentColor"'


def trend(name: str, title: str, points: Sequence[tuple[date, Rate]], threshold: int | None) -> str:
    """Draw the share of each month as a line from 0 to 100 percent, broken where there is no rate.

    The threshold is a dashed line; where the scheme sets none there is no such line.
    """
    at = [_x(n, len(points)) for n in range(len(points))]
    dots = [
        (x, _y(rate.part * 100 / rate.whole)) if rate.told else None for x, (_, rate) in zip(at, points, strict=True)
    ]
    parts = [_grid(level) for level in (0, 50, 100)]
    if threshold is not None:
        parts.append(
            f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{_y(threshold)}" y2="{_y(threshold)}" stroke="currentColor" '
            'stroke-width="1" stroke-dasharray="4 3"/>'
        )
    parts += [f'<polyline points="{run}" fill="none" stroke="currentColor" stroke-width="2"/>' for run in _runs(dots)]
    parts += [f'<circle cx="{dot[0]}" cy="{dot[1]}" r="3.5" fill="currentColor"/>' for dot in dots if dot]
    parts += [_tick(x, month) for n, (x, (month, _)) in enumerate(zip(at, points, strict=True)) if _ticked(n, len(at))]
    return _picture(name, title, words(points), "".join(parts))


def words(points: Sequence[tuple[date, Rate]]) -> str:
    """Return the figures of a trend as a sentence for those who do not see the line."""
    return "；".join(
        f"{month:%Y-%m} {rate.percent + ' %' if rate.percent else '—'}（{rate.part}/{rate.whole}）"
        for month, rate in points
    )


def _picture(name: str, title: str, text: str, inside: str, height: int = HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(text)}</desc>{inside}</svg>'
    )


def _x(n: int, count: int) -> float:
    room = WIDTH - _LEFT - 34
    return round(_LEFT + 12 + room * n / max(count - 1, 1), 1)


def _y(percent: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (100 - percent) / 100, 1)


def _grid(level: int) -> str:
    y = _y(level)
    return (
        f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{y}" y2="{y}" stroke="currentColor" stroke-width="0.5" opacity="0.4"/>'
        f'<text x="{_LEFT - 4}" y="{y + 4}" text-anchor="end" {_FONT}>{level}</text>'
    )


def _ticked(n: int, count: int) -> bool:
    """Every third month counted from the last has its name, so that the names do not run into each other."""
    return (count - 1 - n) % 3 == 0


def _tick(x: float, month: date) -> str:
    return f'<text x="{x}" y="{HEIGHT - 12}" text-anchor="middle" {_FONT}>{month:%y-%m}</text>'


def _runs(dots: Sequence[tuple[float, float] | None]) -> list[str]:
    runs: list[list[str]] = [[]]
    for dot in dots:
        if dot is None:
            runs.append([])
        else:
            runs[-1].append(f"{dot[0]},{dot[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def bars(name: str, title: str, shares: Sequence[tuple[str, Rate]], page: int = 20) -> list[str]:
    """Draw one bar from 0 to 100 percent for each share that can be told, ``page`` of them to a picture."""
    told = [(label, rate) for label, rate in shares if rate.told]
    pieces = [told[at : at + page] for at in range(0, len(told), page)]
    return [_bars(f"{name}{n}", title, piece) for n, piece in enumerate(pieces)]


def _bars(name: str, title: str, shares: Sequence[tuple[str, Rate]]) -> str:
    inside = "".join(_bar(n, label, rate) for n, (label, rate) in enumerate(shares))
    text = "；".join(f"{label} {rate.percent} %（{rate.part}/{rate.whole}）" for label, rate in shares)
    return _picture(name, title, text, inside, 34 * len(shares))


def _bar(n: int, label: str, rate: Rate) -> str:
    top, long = 34 * n, round(WIDTH * rate.part / rate.whole, 1)
    shown = f"{rate.percent} %（{rate.part}/{rate.whole}）"
    return (
        f'<text x="0" y="{top + 14}" {_FONT}>{escape(label)}</text>'
        f'<text x="{WIDTH}" y="{top + 14}" text-anchor="end" {_FONT}>{shown}</text>'
        f'<rect x="0" y="{top + 20}" width="{WIDTH}" height="8" fill="currentColor" opacity="0.12"/>'
        f'<rect x="0" y="{top + 20}" width="{long}" height="8" fill="currentColor"/>'
    )
