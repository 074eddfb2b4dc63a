"""A trial says of every row what filing would: the register is asked as it is in earnest, and nothing is written."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.cli import setup
from chengxin.cli.main import main
from chengxin.intake import selectors, services, withdrawals
from chengxin.intake.models import Admission, Parcel, Recurrence, RowState, Submission, SubmissionRow
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record, Subject

pytestmark = pytest.mark.django_db(transaction=True)
NEW_FIRM = make.OTHER_FIRM


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    make.person()
    return filings.clerk(make.agency())


def row(number: int, **changed: str) -> filings.Row:
    return filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{number}号"} | changed


def person(number: int, **changed: str) -> filings.Row:
    return filings.PERSON_ROW | {"CF_WSH": f"示交罚〔2026〕{number}号"} | changed


def varied() -> list[filings.Row]:
    """Rows that end in every way a row can end, for reasons in the row, in the file and in the register."""
    return [
        row(101),
        row(1),
        row(2, CF_NR_FK="0.9"),
        row(3),
        row(4),
        row(102, CF_XDR_MC="栖云望舒餐饮有限公司"),
        person(103),
        person(104, CF_XDR_MC="沈清荷"),
        row(105, CF_JDRQ="2012-05-04", CF_YXQ="2013-05-04"),
        row(106, CF_CFLB="不存在的类别"),
        row(107),
        row(107),
        row(108),
        row(108, CF_NR_FK="7"),
        row(109, CF_JDRQ="昨天"),
        row(110, CF_SJLYDM=make.OTHER_AGENCY),
        person(5),
    ]


def stands(clerk: User) -> None:
    """Let the register hold what the varied file will meet, one record of it withdrawn.

    An empty column more makes it a file of another shape, so that no verdict is carried over and all is compared.
    """
    filings.file(filings.as_csv([row(n, BZ="") for n in (1, 2, 3, 4)] + [person(5)]), clerk, name="先.csv")
    record = Admission.objects.get(row__row_no=4).record_id
    ground = withdrawals.Ground("mistake", None, "", "报错了")
    withdrawals.withdraw(record, ground, actor=clerk, now=make.NOW, today=make.TODAY)


def told(clerk: User, content: bytes) -> tuple[Submission, dict[int, tuple[str, list[dict[str, str]]]]]:
    assert clerk.agency
    rehearsal = services.rehearse(
        clerk.agency, make.PENALTY, "试.csv", io.BytesIO(content), actor=clerk, now=make.NOW, today=make.TODAY
    )
    return rehearsal.submission, {line.row_no: (line.state, line.findings) for line in rehearsal.told}


def filed(submission: Submission) -> dict[int, tuple[str, list[dict[str, str]]]]:
    rows = SubmissionRow.objects.filter(submission=submission).exclude(findings=[])
    return {each.row_no: (each.state.replace("admitted", "valid"), each.findings) for each in rows}


def counts(submission: Submission) -> dict[str, object]:
    figures = dict(submission.counts)
    figures["valid"] = figures.pop("admitted") + figures["valid"]
    return figures


def test_a_trial_says_of_every_row_and_in_sum_what_filing_then_does(clerk: User) -> None:
    stands(clerk)
    content = filings.as_csv(varied())
    trial, expected = told(clerk, content)
    submission = filings.file(content, clerk, name="试.csv")
    assert expected == filed(submission)
    assert counts(trial) == counts(submission)
    ends = {state for state, _found in expected.values()}
    assert ends >= {RowState.RETURNED, RowState.WAITING, RowState.DUPLICATE, RowState.VALID}
    codes = {found["code"] for _state, findings in expected.values() for found in findings}
    assert codes >= {
        *("record.differs", "record.exists", "record.withdrawn", "record.period_over", "subject.name_differs"),
        *("file.duplicate", "choice.unknown", "source.differs"),
    }


def test_a_firm_nobody_knows_is_matched_by_the_name_that_the_file_itself_would_give_it(clerk: User) -> None:
    new = {"CF_XDR_SHXYM": NEW_FIRM, "CF_FRDB": "陆明"}
    content = filings.as_csv([
        row(201, **new, CF_XDR_MC="望舒新材料有限公司"),
        row(202, **new, CF_XDR_MC="望舒新材料有限公司"),
        row(203, **new, CF_XDR_MC="别的名称有限公司"),
    ])  # fmt: skip
    trial, expected = told(clerk, content)
    assert (trial.counts["valid"], trial.counts["waiting"]) == (2, 1)
    assert expected == filed(filings.file(content, clerk, name="试.csv"))


def test_a_trial_of_a_file_sent_before_tells_the_rows_that_keep_their_verdict_too(clerk: User) -> None:
    wrong = row(2, CF_CFLB="不存在的类别")
    filings.file(filings.as_csv([row(1), wrong]), clerk)
    trial, expected = told(clerk, filings.as_csv([row(1), wrong, row(3)]))
    assert trial.counts["carried"] == 2
    assert [(no, state) for no, (state, _found) in expected.items() if no < 4] == [(2, "duplicate"), (3, "returned")]


def test_a_trial_registers_nobody_and_leaves_one_leaf_where_persons_were_looked_up(clerk: User) -> None:
    kept = (Subject, Record, Submission, SubmissionRow, Parcel, Recurrence)
    before = [model.objects.count() for model in kept]
    leaves = Entry.objects.count()
    told(clerk, filings.as_csv([row(1), row(2, CF_XDR_SHXYM=NEW_FIRM)]))
    assert Entry.objects.count() == leaves
    told(clerk, filings.as_csv([row(1), person(2)]))
    assert [model.objects.count() for model in kept] == before
    assert Entry.objects.count() == leaves + 1
    shown = bytes(Entry.objects.latest("pk").body).decode()
    assert "submission.tried" in shown and make.CITIZEN not in shown


def test_the_command_tells_every_row_with_field_shape_and_remedy(clerk: User, tmp_path: Path, monkeypatch) -> None:
    stands(clerk)
    monkeypatch.setattr(setup, "django", lambda: None)
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    (tmp_path / "试.csv").write_bytes(filings.as_csv(varied()))
    arguments = [str(tmp_path / "试.csv"), "--item", make.PENALTY, "--agency", make.AGENCY, "--as", clerk.username]
    result = CliRunner().invoke(main, ["intake", *arguments, "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "第 4 行 row 4 returned record.differs" in result.output
    assert "第 9 行 row 9 waiting subject.name_differs CF_XDR_MC" in result.output
    assert "第 11 行 row 11 returned choice.unknown CF_CFLB" in result.output and "请按代码表填写" in result.output
    assert Submission.objects.count() == 1


def test_the_page_of_a_trial_offers_the_whole_verdict_in_the_clerk_s_own_file(
    clerk: User, client: Client, monkeypatch
) -> None:
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    client.force_login(clerk)
    many = [row(number, CF_CFLB="不存在的类别") for number in range(300, 380)]
    content = filings.as_xlsx(many)
    sent = {"item": make.PENALTY, "file": named(content), "dry_run": "on"}
    page = client.post("/console/intake/", sent).content.decode()
    assert "另有 30 行也有提示，全部写在标注好的文件里。" in page and "下载标注好的文件" in page
    answer = client.post("/console/intake/trial.xlsx", {"item": make.PENALTY, "file": named(content)})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    noted = [sheet.cell(number, heads.index("处罚类别") + 1).comment for number in range(2, 82)]
    assert all("choice.unknown" in comment.text for comment in noted)
    assert selectors.submissions_of(clerk.agency).count() == 0  # type: ignore[arg-type]  # A clerk has an agency.


def named(content: bytes, name: str = "试.xlsx") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file
