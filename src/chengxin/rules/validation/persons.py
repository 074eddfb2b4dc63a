"""The number of a person's certificate, read as the declared certificate type says."""

from __future__ import annotations

from datetime import date

from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.citizen import is_adult
from chengxin.rules.identifiers.verdict import CodeKind, Note, Outcome
from chengxin.rules.layouts import Field, Role
from chengxin.rules.validation.cells import Reading
from chengxin.rules.validation.codes import Problem
from chengxin.rules.validation.shapes import NO_SHAPE, Shape

ADULT = 18
_KINDS = {kind.value: kind for kind in CodeKind}


def read_person_number(field: Field, number: str, certificate: str, today: date) -> Reading:
    """Judge a number as one of the declared certificate (a CodeKind value); an old number comes back with 18 digits."""
    verdict = check(_KINDS[certificate], number, today=today)
    shape = Shape(verdict.shape, verdict.shape_en)
    if verdict.outcome is Outcome.WRONG:
        return Reading(None, Problem("person.number_wrong", field.code, shape))
    if field.role is Role.PERSON_NUMBER and _is_minor(verdict.normalised, certificate, today):
        return Reading(None, Problem("person.minor", field.code, NO_SHAPE, str(ADULT)))
    if verdict.note is Note.UPGRADED:
        return Reading(verdict.normalised, Problem("person.number_old", field.code, shape))
    return Reading(verdict.normalised)


def _is_minor(number: str, certificate: str, today: date) -> bool:
    """Minors have no credit file (charter C04); only the identity card states a birth date."""
    return certificate == CodeKind.CITIZEN_ID.value and not is_adult(number, today)
