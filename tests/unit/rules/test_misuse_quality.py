"""How good the rules of misuse are on a labelled made-up log, and that the measurement itself can fail."""

from __future__ import annotations

import pytest
from tests import misuse_log

LEAST = {
    "self": (1.0, 1.0),
    "household": (1.0, 1.0),
    "wrong_case": (0.8, 0.95),
    "spike": (0.7, 0.95),
    "repeated": (0.9, 0.95),
}
"""For each rule the least precision and recall; the log is synthetic, so this compares rules and forecasts nothing."""


@pytest.fixture(scope="module")
def log():
    return misuse_log.made()


@pytest.fixture(scope="module")
def found(log):
    return misuse_log.judged(log)


@pytest.mark.parametrize("rule", misuse_log.KINDS)
def test_a_rule_finds_what_was_planted_and_little_else(log, found, rule):
    score = misuse_log.scores(log, found)[rule]
    print(rule, score, f"precision {score.precision:.2f} recall {score.recall:.2f}")
    precision, recall = LEAST[rule]
    assert score.planted >= 12
    assert score.precision >= precision
    assert score.recall >= recall


def test_an_honest_log_gives_few_tickets():
    """The negative control: nothing planted, so every ticket is a false alarm, and the number is stated."""
    honest = misuse_log.made(planted=False)
    looks = sum(len(looks) for looks in honest.days.values())
    alarms = misuse_log.judged(honest)
    print(f"{looks} honest reads, {len(alarms)} false alarms, {1000 * len(alarms) / looks:.2f} per 1,000")
    assert looks > 20_000
    assert len(alarms) / looks < 0.001


def test_against_labels_dealt_by_chance_no_rule_looks_good(log, found):
    """The measurement can fail: the same findings against shuffled labels are worth next to nothing."""
    by_chance = misuse_log.scores(misuse_log.shuffled(log), found)
    for rule in ("self", "household", "wrong_case", "repeated"):
        assert by_chance[rule].precision < 0.3
        assert by_chance[rule].recall < 0.3


def test_every_finding_says_why(found):
    for finding in found:
        assert finding.zh.endswith("。") and finding.en.endswith(".")
        assert finding.weight.zh and finding.weight.en
        assert finding.facts and finding.accesses
