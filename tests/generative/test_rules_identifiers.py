"""Check digits against an independent library, and what single typing errors do to them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from chengxin.rules.identifiers import citizen, orgcode, uscc
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome

_ALPHABET = uscc.CHARACTERS


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Draw a complete code: a known pair, any division, an inner code and a check character that fit."""
    inner = draw(st.text(_ALPHABET, min_size=8, max_size=8).filter(lambda text: text.isascii()))
    first17 = (
        draw(st.sampled_from(sorted(uscc.KNOWN_PAIRS)))
        + draw(st.text("0123456789", min_size=6, max_size=6))
        + inner
        + orgcode.org_check_char(inner)
    )
    return first17 + uscc.uscc_check_char(first17)


@st.composite
def persons(draw: st.DrawFn) -> str:
    """Draw a synthetic identity number of an unassigned division."""
    born = draw(st.dates(date(1900, 1, 1), date(2025, 12, 31)))
    first17 = f"{draw(st.sampled_from(['320199', '329999']))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + citizen.citizen_check_char(first17)


@given(codes())
def test_a_complete_code_is_valid_here_and_in_stdnum(code: str) -> None:
    assert check(CodeKind.USCC, code).accepted
    # The library accepts digits only for department and type, so A, N and Y have no counterpart there.
    assert stdnum_uscc.is_valid(code) == code[:2].isdigit()


@given(st.text(_ALPHABET, min_size=18, max_size=18))
def test_the_check_character_agrees_with_stdnum_on_any_text(text: str) -> None:
    text = text[:2] + "320199" + text[8:]
    assert uscc.uscc_check_char(text[:17]) == stdnum_uscc.calc_check_digit(text[:17])


@given(persons())
def test_the_identity_check_character_agrees_with_stdnum(number: str) -> None:
    assert ric.calc_check_digit(number) == number[17]
    try:
        assert ric.is_valid(number)
    except KeyError:  # The library knows no unassigned divisions; its check digit above is what we compare.
        assert number[:6] in {"320199", "329999"}


@given(codes(), st.integers(8, 16), st.sampled_from(_ALPHABET))
def test_one_wrong_character_of_the_inner_code_never_stays_valid(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    assert (check(CodeKind.USCC, changed).outcome in {Outcome.VALID, Outcome.VALID_ALSO_PARSES}) == (changed == code)


@given(persons(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_of_an_identity_number_is_always_found(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]
    assert check(CodeKind.CITIZEN_ID, changed).accepted == (changed == number)


@given(persons())
def test_an_old_number_comes_back_as_the_new_one(number: str) -> None:
    if number[6:8] == "19":
        assert citizen.upgrade_15(number[:6] + number[8:17]) == number


@given(st.sampled_from(CodeKind), st.text() | codes() | persons())
def test_any_text_gets_a_verdict_and_its_normal_form_gets_the_same(kind: CodeKind, text: str) -> None:
    first = check(kind, text)
    again = check(kind, first.normalised)
    assert (again.outcome, again.normalised, again.also) == (first.outcome, first.normalised, first.also)


@given(st.sampled_from(CodeKind), codes() | persons())
def test_the_declared_kind_is_never_replaced(kind: CodeKind, text: str) -> None:
    verdict = check(kind, text)
    assert verdict.kind is kind
    assert kind not in verdict.also
