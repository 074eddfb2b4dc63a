"""The commands of the how-to “new mapping”, in its order."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests import factories as make
from tests import filings, old_layouts

from chengxin.cli.main import main
from chengxin.intake.models import ColumnMapping

pytestmark = pytest.mark.django_db


def test_propose_confirm_list_and_revert(tmp_path: Path) -> None:
    make.law()
    clerk = filings.clerk(make.agency())
    file = tmp_path / "处罚.csv"
    file.write_bytes(filings.as_csv(filings.rows(2)).decode().replace("处罚决定日期", "作出日期甲", 1).encode())
    who = ["--agency", make.AGENCY, "--as", clerk.username]
    run = CliRunner().invoke
    proposed = run(main, ["mapping", "propose", str(file), "--item", make.PENALTY, *who])
    assert "? 作出日期甲" in proposed.output
    assert "沈清和" not in proposed.output
    confirm = ["mapping", "confirm", str(file), "--item", make.PENALTY, *who]
    assert "作出日期甲" in run(main, confirm).output
    assert not ColumnMapping.objects.exists()
    assert "第 1 版" in run(main, [*confirm, "--column", "作出日期甲=CF_JDRQ"]).output
    assert "使用中" in run(main, ["mapping", "list", *who]).output
    first = str(ColumnMapping.objects.get().id)
    assert "恢复自第 1 版" in run(main, ["mapping", "revert", first, *who]).output


def test_columns_that_a_file_of_2016_does_not_have_are_filled_as_said(tmp_path: Path) -> None:
    make.law()
    clerk = filings.clerk(make.agency())
    file = tmp_path / "2016.csv"
    file.write_bytes(old_layouts.as_csv(old_layouts.LICENCE_HEADINGS, old_layouts.LICENCES))
    place = [str(file), "--item", make.LICENCE, "--agency", make.AGENCY, "--as", clerk.username]
    run = CliRunner().invoke
    proposed = run(main, ["mapping", "propose", *place]).output
    assert "+ XK_LYDWDM 数据来源单位统一社会信用代码" in proposed and "* own_code" in proposed
    ways = {
        "XK_XDR_LB": "kind_of_codes", "XK_YXQZ": "copy:XK_JDRQ", "XK_XKJGDM": "own_code_if_named",
        "XK_LYDW": "own_name", "XK_LYDWDM": "own_code",
    }  # fmt: skip
    fills = [part for field, way in ways.items() for part in ("--fill", f"{field}={way}")]
    confirm = ["mapping", "confirm", *place, "--column", "当前状态=XK_ZT"]
    assert "哪一年的代码" in run(main, [*confirm, *fills]).output
    assert not ColumnMapping.objects.exists()
    assert "第 1 版" in run(main, [*confirm, *fills, "--fill", "XK_ZT=codes:2016"]).output
    assert ColumnMapping.objects.get().supplied == ways | {"XK_ZT": "codes:2016"}
