"""What may stand in for a missing column: only what is offered, and of a text only an amount nobody can misread."""

from __future__ import annotations

import pytest

from chengxin.catalogue import lawbook
from chengxin.rules import supplies
from chengxin.rules.layouts import LayoutFault, Role, parse_layout

CF, XK = lawbook.layout("cf"), lawbook.layout("xk")


@pytest.mark.parametrize(
    ("text", "fine", "taken"),
    [
        ("罚款5000元", "0.5", ""),
        ("处以罚款人民币5000元整。", "0.5", ""),
        ("警告；罚款0.5万元，没收违法所得300.5元", "0.5", "0.03005"),
        ("并处罚款1万元、责令改正", "1", ""),
        ("警告", "", ""),
        ("罚款伍仟元", "", ""),
        ("罚款5,000元", "", ""),
        ("罚款5000元，减半执行", "", ""),
        ("减按罚款5000元执行", "", ""),
        ("罚款5000元，罚款300元", "", ""),
        ("每日按罚款5000元的3%加处", "", ""),
        ("罚款0.001元", "", ""),
        ("", "", ""),
    ],
)
def test_an_amount_is_taken_from_a_text_only_when_nothing_else_is_said(text: str, fine: str, taken: str) -> None:
    assert supplies.stated_amount(text, Role.FINE) == fine
    assert supplies.stated_amount(text, Role.CONFISCATION) == taken


def test_what_only_the_file_can_say_is_never_offered() -> None:
    fields = {gap.field for gap in supplies.gaps(CF, set(), [])}
    assert fields & {"CF_WSH", "CF_XDR_MC", "CF_XDR_SHXYM", "CF_JDRQ", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB"} == set()


def test_where_nothing_is_known_nothing_is_proposed() -> None:
    by_field = {gap.field: gap for gap in supplies.gaps(CF, {"CF_WSH"}, [])}
    assert by_field["CF_XDR_LB"].proposed == by_field["CF_YXQ"].proposed == by_field["CF_CFJG"].proposed == ""
    assert "CF_NR_FK" not in by_field


def test_old_codes_are_asked_about_only_beside_old_names() -> None:
    everything = set(XK.codes)
    assert supplies.gaps(XK, everything, [field.zh for field in XK.fields]) == ()
    (gap,) = supplies.gaps(XK, everything, ["XK_XMMC", "XK_ZT"])
    assert (gap.field, gap.proposed, gap.must) == ("XK_ZT", "codes:2016", True)
    assert "1" not in supplies.translation(XK, "XK_ZT", "codes:2016")


def test_every_offer_can_be_put_into_words_again() -> None:
    for layout in (CF, XK):
        for gap in supplies.gaps(layout, set(layout.codes) - {"CF_XDR_LB", "CF_NR_FK", "XK_YXQZ"}, ["XK_XMMC"]):
            for offer in gap.offers:
                told = list(supplies.told(layout, {gap.field: offer.way}))
                assert told == ([] if offer.way == "as_written" else [(layout.get(gap.field), offer)])


@pytest.mark.parametrize("key", ["otherwise", "codes"])
def test_a_dialect_may_name_no_field_there_is_not(key: str) -> None:
    entry = {"code": "9", "zh": "旧", "en": "old", "since": "2016-01-01", "basis": "无", "verified": False}
    entry[key] = {"旧名": "CF_NO"} if key == "otherwise" else {"CF_NO": {"0": "1"}}
    field = {"code": "CF_WSH", "zh": "文号", "en": "number"}
    whole = {
        "code": "T", "version": "1", "name": {"zh": "表", "en": "table"}, "since": "2018-01-01", "basis": "无",
        "verified": False, "fields": [field], "dialects": [entry],
    }  # fmt: skip
    with pytest.raises(LayoutFault):
        parse_layout(whole)
