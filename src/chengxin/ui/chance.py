"""Chance as the doors draw it and hand it down; rooms below draw nothing themselves."""

from __future__ import annotations

from random import Random, SystemRandom

from django.conf import settings


def chance() -> Random:
    """Return the system's own source of chance; where the settings of a test name a seed, a source that repeats."""
    seed = settings.CHANCE_SEED
    return SystemRandom() if seed is None else Random(seed)  # noqa: S311 — A seed stands only in the settings of tests.
