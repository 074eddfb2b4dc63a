"""Why a name is offered for what somebody typed: cases a reader can check."""

from __future__ import annotations

import pytest

from chengxin.rules.names_matching import LIKELY, NOTHING, SHOWN, Asked, Reason, compare, written
from chengxin.rules.names_parts import parts

KNOWN = "苏州海林贸易有限公司"


@pytest.mark.parametrize(
    ("typed", "known", "reason"),
    [
        ("苏州海林贸易有限公司", KNOWN, Reason.SAME),
        ("蘇州海林貿易有限公司", KNOWN, Reason.SAME),
        ("苏州海林贸易有限责任公司", KNOWN, Reason.OTHER_FORM),
        ("苏州海林贸易", KNOWN, Reason.OTHER_FORM),
        ("海林贸易有限公司", KNOWN, Reason.PLACE_LEFT_OUT),
        ("江苏省苏州市海林贸易有限公司", KNOWN, Reason.PLACE_LEFT_OUT),
        ("苏州海麟贸易有限公司", KNOWN, Reason.HOMOPHONE),
        ("苏州海宁贸易有限公司", "苏州海林贸易有限公司", Reason.NEAR_SOUND),
        ("海林", KNOWN, Reason.SHORT_NAME),
        ("hailinmaoyi", KNOWN, Reason.PINYIN),
        ("suzhouhailinmaoyi", KNOWN, Reason.PINYIN),
        ("hailin", KNOWN, Reason.PINYIN),
        ("hlmy", KNOWN, Reason.INITIALS),
        ("shanjimianguan", "单记面馆", Reason.PINYIN),
        ("望舒", "栖云望舒食品有限公司", Reason.CONTAINS),
    ],
)
def test_probably_the_name_that_was_meant(typed: str, known: str, reason: Reason) -> None:
    match = compare(Asked(typed), parts(known))
    assert match.reasons[0] is reason
    assert match.points >= SHOWN
    weak = reason in (Reason.INITIALS, Reason.CONTAINS, Reason.NEAR_SOUND)
    assert weak or match.points >= LIKELY


@pytest.mark.parametrize(
    ("typed", "known", "reason"),
    [
        ("南京海林贸易有限公司", KNOWN, Reason.OTHER_PLACE),
        ("苏州海森贸易有限公司", KNOWN, Reason.ONE_CHARACTER),
        ("苏州海林食品有限公司", KNOWN, Reason.OTHER_TRADE),
        ("苏州栖云望书食品", "苏州栖云望海食品有限公司", Reason.ONE_CHARACTER),
        ("苏州林海贸易有限公司", KNOWN, Reason.ONE_CHARACTER),
        ("hailinmoayi", KNOWN, Reason.PINYIN_TYPO),
    ],
)
def test_shown_but_not_called_probable(typed: str, known: str, reason: Reason) -> None:
    match = compare(Asked(typed), parts(known))
    assert match.reasons[0] is reason
    assert SHOWN <= match.points < LIKELY


@pytest.mark.parametrize("typed", ["无锡澄江食品有限公司", "南京海森贸易有限公司", "沈清和", "wuxichengjiang"])
def test_other_names_are_not_shown(typed: str) -> None:
    assert compare(Asked(typed), parts(KNOWN)).points < SHOWN


def test_nothing_in_common_is_nothing() -> None:
    assert compare(Asked("澄江"), parts(KNOWN)) == NOTHING


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (KNOWN, Reason.SAME),
        (" 苏州海林贸易有限公司 ", Reason.SAME),
        ("苏州 海林贸易有限公司", Reason.SIGNS),
        ("海林(苏州)贸易有限公司", Reason.SIGNS),
        ("蘇州海林貿易有限公司", Reason.TRADITIONAL),
        ("苏州市海林贸易有限公司", Reason.PLACE_LEFT_OUT),
    ],
)
def test_in_what_the_same_name_is_written_otherwise(typed: str, reason: Reason) -> None:
    assert written(typed, KNOWN) is reason


def test_every_reason_speaks_both_languages_and_has_a_code_of_its_own() -> None:
    assert len({reason.code for reason in Reason}) == len(Reason)
    assert all(reason.zh and reason.en for reason in Reason)
