"""Finding organisations by name: fresh without a build step when small, from a file when large; persons never."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import factories as make

from chengxin.registry import naming
from chengxin.registry.models import OrganisationName
from chengxin.registry.name_search import NameIndex, find
from chengxin.registry.subjects import register_organisation
from chengxin.rules.names_matching import Reason

pytestmark = pytest.mark.django_db
OTHER = "澄江远山物流有限公司"


def names(text: str, index: NameIndex | None = None) -> list[str] | None:
    found = find(text, index=index)
    return None if found is None else [each.name for each in found]


def test_a_new_name_is_found_at_once_without_any_build_step() -> None:
    assert names("望舒") == []
    make.firm()
    assert names("望舒") == ["栖云望舒食品有限公司"]
    make.firm(make.OTHER_FIRM, OTHER)
    assert names("yuanshan") == [OTHER]


def test_a_renamed_organisation_is_found_by_both_names() -> None:
    make.firm()
    register_organisation(make.FIRM, OTHER, today=make.TODAY, now=make.NOW)
    (former,), (present,) = find("栖云望舒") or [], find("澄江远山") or []
    assert (former.former, present.former) == (True, False)
    assert former.subject == present.subject


def test_a_name_taken_back_is_found_no_more() -> None:
    firm = make.firm()
    naming.take(firm, OTHER, make.TODAY, present=True, ref="X-1", now=make.NOW)
    assert names("远山物流") == [OTHER]
    naming.take_back("X-1", now=make.NOW)
    assert names("远山物流") == []
    assert names("望舒") == ["栖云望舒食品有限公司"]


def test_many_changes_one_by_one_are_all_found(tmp_path: Path) -> None:
    firm, index = make.firm(), NameIndex(tmp_path / "names")
    for number in range(12):
        naming.take(firm, f"栖云{'甲乙丙丁戊己庚辛壬癸子丑'[number]}号食品有限公司", make.TODAY, present=True,
                    ref=f"X-{number}", now=make.NOW)  # fmt: skip
        assert find("号食品", index=index)
    assert len(names("号食品", index) or []) == 12


def test_another_register_under_the_same_numbers_is_noticed(tmp_path: Path) -> None:
    index, firm = NameIndex(tmp_path / "names"), make.firm()
    assert names("望舒", index)
    row = OrganisationName.objects.get(subject=firm)
    row.delete()
    other = make.firm(make.OTHER_FIRM, OTHER)
    OrganisationName.objects.filter(subject=other).delete()
    OrganisationName.objects.create(pk=row.pk, subject=other, name=OTHER, key=OTHER, since=make.TODAY)
    assert names("远山", index) == [OTHER]
    assert names("望舒", index) == []


def test_a_large_register_waits_for_its_file_and_then_grows_beside_it(tmp_path: Path) -> None:
    make.firm()
    register_organisation(make.FIRM, OTHER, today=make.TODAY, now=make.NOW)
    index = NameIndex(tmp_path / "names", small=1)
    assert names("望舒", index) is None
    assert index.keep() == 2
    assert index.keep() == 0
    assert names("望舒", index) == ["栖云望舒食品有限公司"]
    make.firm(make.OTHER_FIRM, "临湖嘉木环保科技有限公司")
    assert names("嘉木", index) == ["临湖嘉木环保科技有限公司"]
    assert index.size > 0


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_another_process_takes_the_new_file(tmp_path: Path) -> None:
    # When a file is renewed is told by the numbers of names, which PostgreSQL would go on counting from other tests.
    make.firm()
    register_organisation(make.FIRM, OTHER, today=make.TODAY, now=make.NOW)
    worker, web = NameIndex(tmp_path / "names", small=1), NameIndex(tmp_path / "names", small=1)
    worker.keep()
    assert names("望舒", web)
    make.firm(make.OTHER_FIRM, "临湖嘉木环保科技有限公司")
    make.firm(make.FIRM, "临湖嘉木电子商务有限公司")
    assert worker.keep() == 4
    assert len(names("嘉木", web) or []) == 2


def test_a_merged_file_is_in_no_answer() -> None:
    firm, other = make.firm(), make.firm(make.OTHER_FIRM, OTHER)
    assert names("远山")
    other.forwarded_to = firm
    other.save(update_fields=["forwarded_to"])
    assert names("远山") == []


def test_every_answer_has_its_reasons() -> None:
    make.firm()
    asked = {"栖雲望舒食品有限公司": Reason.SAME, "qiyunwangshu": Reason.PINYIN, "栖云旺舒食品": Reason.HOMOPHONE}
    for text, reason in asked.items():
        assert [each.reasons[0] for each in find(text) or []] == [reason]


def test_the_index_reads_names_of_organisations_only() -> None:
    make.person(name="沈清和")
    make.firm()
    assert names("沈清和") == names("shenqinghe") == names("清和") == []
    assert names("望舒")
