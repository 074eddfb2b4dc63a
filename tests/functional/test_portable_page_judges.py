"""The offline page's own check, fed everything that must be refused and twenty thousand random changes: none accepted.

The page checks with another library than the platform, so it has to be asked itself. A refusal is its own NotSound;
anything else that is thrown counts as unhandled, though the page would show it as a refusal too.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings
from tests import portable_tokens as tokens
from tests.portable_tokens import AUDIENCE, ISSUER, NONCE, NOW
from tests.unit.vault.test_statuslist import CLAIMS, WRONG, listed

from chengxin.vault.sdjwt import jose

PAGE = Path(settings.HOME) / "verifier" / "chengxin_portable.html"
KEYS = json.dumps({"keys": [{**jose.public_jwk(ISSUER.public_key()), "kid": "k"}]})
MANY, STEP = int(os.environ.get("CHENGXIN_MUTATIONS", "20000")), 2500
JUDGED = """async ([texts, kind, keys, now, wanted, claims]) => {
  const known = await readKeys(keys), said = { accepted: [], unhandled: [], refused: 0 };
  const ask = (text) => kind === "list" ? statusOf(claims, text, known, now) : check(text, known, now, wanted);
  const judge = async (text) => {
    try { await ask(text); said.accepted.push(text); }
    catch (problem) {
      if (problem instanceof NotSound) said.refused += 1; else said.unhandled.push(String(problem) + " " + text);
    }
  };
  for (let at = 0; at < texts.length; at += 100) await Promise.all(texts.slice(at, at + 100).map(judge));
  return said;
}"""


@pytest.fixture
def page(browser) -> Iterator[object]:
    """Return the page opened from a file, without a network."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    yield page
    context.close()


def judged(page, texts: list[str], kind: str = "token") -> dict[str, object]:
    """Return what the page says of these texts: which it accepts, on which it stumbles, how many it refuses."""
    wanted = {"bound": True, "audience": AUDIENCE, "nonce": NONCE}
    return page.evaluate(JUDGED, [texts, kind, KEYS, NOW, wanted, CLAIMS])


def refused(count: int) -> dict[str, object]:
    return {"accepted": [], "unhandled": [], "refused": count}


def changes(sound: str, change: Callable[[str, random.Random], str], seed: int) -> Iterator[str]:
    rng = random.Random(seed)
    while True:
        changed = change(sound, rng)
        if changed != sound:
            yield changed


def test_it_accepts_what_is_sound_and_refuses_every_negative(page):
    sound = tokens.shown(tokens.issued())
    assert judged(page, [sound])["accepted"] == [sound]
    negatives = list(tokens.negatives().values())
    assert judged(page, negatives) == refused(len(negatives))
    assert judged(page, [listed()], "list")["accepted"]
    lists = [listed(**wrong) for wrong in WRONG.values()]
    assert judged(page, lists, "list") == refused(len(lists))


@pytest.mark.parametrize("kind", ["token", "list"])
def test_no_random_change_is_accepted_and_none_is_unhandled(page, kind):
    sound, change = (
        (tokens.shown(tokens.issued()), tokens.mutated) if kind == "token" else (listed(), tokens.mutated_list)
    )
    stream = changes(sound, change, 9901)
    total = MANY if kind == "token" else MANY // 10
    for start in range(0, total, STEP):
        texts = list(islice(stream, min(STEP, total - start)))
        assert judged(page, texts, kind) == refused(len(texts))
