"""When a measure may follow from a record: in the list, of sufficient rank, no longer than the record (charter C18)."""

from __future__ import annotations

from datetime import date

from chengxin.accounts.models import User
from chengxin.registry import selectors as registry
from chengxin.registry.models import Annotation, RecordVersion
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import Measure as Listed
from chengxin.supervision.models import RANKS_BY_CLASS


class MeasureRefused(Refusal):
    """A part that a measure cannot be without is missing."""

    code = "measure_refused"


def listed(code: str, measures: tuple[Listed, ...]) -> Listed:
    """Return the entry of the measures list in force with this code; an unlisted measure cannot be imposed."""
    for each in measures:
        if each.code == code:
            return each
    raise MeasureRefused(
        "该措施不在现行有效的惩戒措施清单内，不得采取；请从清单中选择。",
        "This measure is not in the list in force, so it cannot be imposed; choose one from the list.",
        "measure_not_listed",
        measure=code,
    )


def check_rank(measure: Listed) -> None:
    """Raise unless the measure's basis ranks high enough for its class."""
    if measure.basis.rank.value not in RANKS_BY_CLASS.get(measure.measure_class, ()):
        raise MeasureRefused(
            f"该措施属{measure.measure_class}类，其依据的效力层级不足；须有更高层级的依据。",
            f"The basis of this class {measure.measure_class} measure ranks too low; a higher one is needed.",
            "measure_basis_too_low",
            measure=measure.code,
        )


def check_subject(measure: Listed, kind: str) -> None:
    """Raise unless the measure is meant for this kind of subject."""
    if kind not in measure.subject_kinds:
        raise MeasureRefused(
            "清单没有规定该措施适用于这类主体。",
            "The list does not provide this measure for this kind of subject.",
            "measure_not_for_subject",
            measure=measure.code,
        )


def check_item(measure: Listed, item_code: str) -> None:
    """Raise unless the measure may follow from records under this catalogue item."""
    if measure.lists and item_code not in measure.lists:
        raise MeasureRefused(
            "清单没有规定该措施可以依据这类记录采取。",
            "The list does not let this measure follow from this kind of record.",
            "measure_not_for_item",
            measure=measure.code,
            item=item_code,
        )


def check_record(version: RecordVersion | None, today: date) -> RecordVersion:
    """Return the version a measure may rest on: negative, in use, its link sure and nobody disputing it."""
    if version is None or version.ended_at is not None or _over(version.use_until, today) or version.link_suspended:
        raise MeasureRefused(
            "所依据的记录不存在、已终止或身份关联存疑，不得据以采取措施。",
            "The record is unknown, has ended, or its link is in doubt; no measure can rest on it.",
            "measure_without_record",
        )
    if version.nature != "negative":
        raise MeasureRefused(
            "惩戒措施只能依据失信记录。", "A measure can rest only on a record of dishonesty.", "record_not_negative"
        )
    if Annotation.DISPUTED in registry.open_marks(version.record_id):
        raise MeasureRefused(
            "该记录正在异议处理中，办结前不得据以采取措施。",
            "The record is disputed; no measure can rest on it until the objection is decided.",
            "record_disputed",
        )
    return version


def check_days(starts_on: date, ends_on: date | None, version: RecordVersion, today: date) -> date:
    """Return the last day of a measure; it must have one, not lie behind, and not outlive its record."""
    if ends_on is None or version.use_until is None or not starts_on <= ends_on <= version.use_until:
        raise MeasureRefused(
            f"措施须有截止日，且不得晚于所依据记录的使用截止日{version.use_until or ''}。",
            f"A measure needs an end no later than the end of its record {version.use_until or ''}.",
            "measure_outlives_record",
        )
    if starts_on < today:
        raise MeasureRefused(
            "措施不得溯及送达之前；请把起始日改为今天或以后。",
            "A measure cannot begin before it is served; start it today or later.",
            "measure_backdated",
        )
    return ends_on


def check_two_people(proposed_by: User, decided_by: User, subject_id: object) -> None:
    """Raise when one person would propose and decide, or would decide on a subject they act for."""
    if proposed_by.pk == decided_by.pk:
        raise MeasureRefused(
            "提出人与决定人须为两人。", "Proposer and decider must be two people.", "measure_same_person"
        )
    if subject_id in {mandate.subject_id for mandate in registry.subjects_of(decided_by)}:
        raise MeasureRefused(
            "该措施涉及您本人或您代表的单位，应当回避。", "This concerns yourself; you must stand aside.", "own_matter"
        )


def check_written(text: str, zh: str, en: str) -> str:
    """Return a text that must not be empty; ``zh`` and ``en`` name it."""
    if not text.strip():
        raise MeasureRefused(
            f"缺少{zh}，不得采取措施。", f"Without {en} no measure can be imposed.", "measure_part_missing"
        )
    return text.strip()


def _over(until: date | None, today: date) -> bool:
    return until is not None and until < today
