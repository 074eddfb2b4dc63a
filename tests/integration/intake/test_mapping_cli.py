"""The commands of the how-to “new mapping”, in its order."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests import factories as make
from tests import filings

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
