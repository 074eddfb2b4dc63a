"""Colours that carry words or meaning have the contrast WCAG 2.2 AA asks for."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from chengxin.ui import tokens

STYLES = sorted(tokens.STYLESHEET.parent.glob("*.css"))
# Paper is white whatever the screen is, so the print rules may set the tokens anew.
PLAIN_STYLES = [style for style in STYLES if style.name not in ("tokens.css", "print.css")]


@pytest.mark.parametrize("pair", tokens.pairs(), ids=lambda pair: f"{pair.text}-on-{pair.surface}")
def test_a_pair_in_use_has_enough_contrast(pair):
    assert pair.ratio >= pair.needed


def test_contrast_is_computed_as_the_standard_does():
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert not tokens.Pair("a", "b", 4.48, tokens.TEXT_CONTRAST).holds


def test_every_colour_token_belongs_to_a_pair_or_is_only_a_hairline():
    used = set(chain.from_iterable(tokens.TEXT_PAIRS + tokens.SHAPE_PAIRS))
    assert set(tokens.colours()) - used == {"rule"}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_stylesheet_names_only_tokens_that_exist(style):
    text = style.read_text(encoding="utf-8")
    known = set(re.findall(r"(--[a-z0-9-]+):", tokens.STYLESHEET.read_text(encoding="utf-8")))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) <= known


@pytest.mark.parametrize("style", PLAIN_STYLES, ids=lambda style: style.name)
def test_a_stylesheet_holds_no_colour_of_its_own(style):
    assert not re.findall(r":[^;{]*#[0-9a-fA-F]{3,8}\b", style.read_text(encoding="utf-8"))


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_stylesheet_fetches_nothing_and_stays_readable(style):
    text = style.read_text(encoding="utf-8")
    assert "url(" not in text
    assert "@import" not in text
    assert len(text.splitlines()) <= 400
