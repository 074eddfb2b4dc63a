"""Complete files of 2016 in any order and under either kind of names: asked about, then read rightly or sent back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from tests import factories as make
from tests import filings, old_layouts

from chengxin.accounts.models import User
from chengxin.catalogue.selectors import version_in_force
from chengxin.intake import mappings
from chengxin.intake.checking import Checked, ColumnsUnknown, check, knows
from chengxin.intake.readers.read import read_bytes

pytestmark = pytest.mark.django_db
SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What stands in a cell, and what it comes to; None sends the row back.
FIRM, SHOP, PERSON = ("法人及非法人组织", "个体工商户", "自然人")
PARTIES: list[tuple[dict[str, str], str | None]] = [
    ({"XDR_SHXYM": make.FIRM}, FIRM),
    ({"XDR_SHXYM": old_layouts.INDIVIDUAL}, SHOP),
    ({"XDR_SHXYM": "", "XDR_SFZ": make.CITIZEN, "FR": "", "XDR_MC": "沈清和"}, PERSON),
    ({"XDR_SHXYM": make.FIRM, "XDR_SFZ": make.CITIZEN}, None),
    ({"XDR_SHXYM": ""}, None),
]
AUTHORITIES = [(old_layouts.AUTHORITY, make.AGENCY), ("示例市城市管理局", None), ("", None)]
STATES = [("0", "1"), ("正常", "1"), ("1", None), ("2", None), ("3", None), ("撤销", None), ("异议", None)]
FINES = [
    ("罚款5000元", 500_000), ("警告；罚款0.5万元。", 500_000), ("罚款人民币5000元整", 500_000), ("罚款伍仟元", None),
    ("罚款5000元，减半执行", None), ("罚款1000元，罚款2000元", None),
    ("每日加处罚款5000元", None), ("罚款0.001元", None), ("责令改正", None),
]  # fmt: skip
TITLES = ["附件1", "二〇一六年行政处罚和行政许可信息"]


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


@st.composite
def rows(draw: Any, kind: str) -> tuple[dict[str, str], dict[str, Any] | None]:
    """A row of 2016 with what it has to come to by field, None when it has to be sent back."""
    base = dict(old_layouts.FIRM_PENALTY if kind == "CF" else old_layouts.FIRM_LICENCE)
    party, means = draw(st.sampled_from(PARTIES))
    authority, code = draw(st.sampled_from(AUTHORITIES))
    state, stands = draw(st.sampled_from(STATES))
    base |= {f"{kind}_{name}": text for name, text in party.items()}
    base |= {f"{kind}_XZJG": authority, f"{kind}_ZT": state}
    wanted: dict[str, Any] = {f"{kind}_XDR_LB": means}
    if kind == "CF":
        base["CF_JG"], fen = draw(st.sampled_from(FINES))
        wanted |= {"CF_CFJGDM": code, "CF_NR_FK": fen, "CF_SJLYDM": make.AGENCY}
    else:
        wanted |= {"XK_XKJGDM": code, "XK_ZT": stands, "XK_LYDWDM": make.AGENCY}
    return base, None if stands is None or None in wanted.values() else wanted


def file(kind: str, lines: list[dict[str, str]], data: Any) -> bytes:
    headings: Mapping[str, str] = old_layouts.PENALTY_HEADINGS if kind == "CF" else old_layouts.LICENCE_HEADINGS
    order = data.draw(st.permutations(list(headings)), label="order")
    named = [data.draw(st.sampled_from([code, headings[code]])) for code in order]
    titles = data.draw(st.lists(st.sampled_from(TITLES), max_size=2))
    out = io.StringIO()
    csv.writer(out).writerows(
        [*([title] for title in titles), named, *([row.get(c, "") for c in order] for row in lines)]
    )
    return out.getvalue().encode("gb18030")


def confirmed(clerk: User, item: str, content: bytes) -> Checked:
    """Confirm what is proposed, and check the file again."""
    version = version_in_force(item, make.TODAY)
    table = read_bytes(content, knows(version, make.TODAY))
    with pytest.raises(ColumnsUnknown):
        check(table, version, make.TODAY, agency=clerk.agency)
    assert clerk.agency
    found = mappings.propose(clerk.agency, item, io.BytesIO(content), actor=clerk, today=make.TODAY)
    ways = {gap.field: gap.proposed or "=长期" for gap in found.gaps}
    chosen = {each.heading: each.field for each in found.columns.columns}
    mappings.confirm(clerk.agency, item, chosen, supplied=ways, actor=clerk, now=make.NOW, today=make.TODAY)
    return check(table, version, make.TODAY, agency=clerk.agency)


@pytest.mark.parametrize(("kind", "item"), [("CF", make.PENALTY), ("XK", make.LICENCE)])
@SOME
@given(data=st.data())
def test_a_file_of_2016_is_asked_about_and_then_read_rightly_or_sent_back(
    kind: str, item: str, data: Any, clerk: User
) -> None:
    drawn = data.draw(st.lists(rows(kind), min_size=1, max_size=5))
    lines = [row | {f"{kind}_WSH": f"示交〔2026〕{at}号"} for at, (row, _) in enumerate(drawn, 1)]
    before = transaction.savepoint()
    checked = confirmed(clerk, item, file(kind, lines, data))
    transaction.savepoint_rollback(before)
    numbers = checked.table.frame["__row__"].to_list()
    for row_no, got, (_, wanted) in zip(numbers, checked.typed.to_dicts(), drawn, strict=True):
        assert (row_no in checked.bad) == (wanted is None), checked.findings.get(row_no)
        assert wanted is None or {code: got[code] for code in wanted} == wanted
