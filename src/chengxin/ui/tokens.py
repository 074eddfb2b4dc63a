"""The design tokens as data, read from the stylesheet that defines them, and the contrast between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STYLESHEET = Path(__file__).parent / "static" / "ui" / "tokens.css"
# WCAG 2.2: 4.5 for text (1.4.3), 3 for the borders and shapes that carry meaning (1.4.11).
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0

# Every text colour with every surface it is set on; the stylesheets use no other pair.
TEXT_PAIRS = (
    *((text, surface) for text in ("ink", "ink-soft", "ink-faint") for surface in ("paper", "surface", "sunk")),
    *((text, surface) for text in ("accent", "accent-deep") for surface in ("paper", "surface", "sunk", "accent-wash")),
    ("ink", "accent-wash"),
    ("ink-soft", "accent-wash"),
    ("ink-faint", "accent-wash"),
    ("ink", "caution-wash"),
    ("ink", "danger-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-accent", "danger"),
    ("on-accent", "seal"),
    ("danger", "surface"),
    ("danger", "paper"),
    ("danger", "danger-wash"),
    ("caution", "caution-wash"),
    ("repair", "repair-wash"),
    ("ended", "ended-wash"),
    ("ended", "surface"),
)
SHAPE_PAIRS = (
    ("rule-strong", "surface"),
    ("rule-strong", "paper"),
    ("focus", "surface"),
    ("focus", "paper"),
    ("focus", "sunk"),
    ("focus", "accent-wash"),
    ("accent", "sunk"),
    ("seal", "surface"),
)


@dataclass(frozen=True)
class Pair:
    """A colour on a surface, with the contrast they have and the contrast they need."""

    text: str
    surface: str
    ratio: float
    needed: float

    @property
    def holds(self) -> bool:
        """Tell whether the pair may be used."""
        return self.ratio >= self.needed


@cache
def colours() -> dict[str, str]:
    """Return the colour tokens, name without dashes in front to ``#rrggbb``."""
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", STYLESHEET.read_text(encoding="utf-8")))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` as WCAG 2.2 defines it, from 0 (black) to 1 (white)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours ``#rrggbb``, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs() -> list[Pair]:
    """Return every pair in use with its contrast."""
    known = colours()
    wanted = [(*pair, TEXT_CONTRAST) for pair in TEXT_PAIRS] + [(*pair, SHAPE_CONTRAST) for pair in SHAPE_PAIRS]
    return [Pair(text, ground, contrast(known[text], known[ground]), needed) for text, ground, needed in wanted]
