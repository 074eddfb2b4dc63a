"""Credit reports: made through a basis, checkable by anyone with number and code, stale as soon as the file changes.

This is the one door to the folder ``reports``. Their content is kept sealed for a few days, their digest for good.
"""

from chengxin.disclosure.reports.checking import LARGEST, Checked, TooLarge, check
from chengxin.disclosure.reports.issuing import LEAF_KIND, build, build_own
from chengxin.disclosure.reports.kept import Issued, Sheet, data_again, forget, forgettable, of_subject, sheet_again
from chengxin.disclosure.reports.scope import longest_years
from chengxin.disclosure.reports.shapes import (
    CHANCE,
    NOT_FILED_EN,
    NOT_FILED_ZH,
    NOTHING_EN,
    NOTHING_ZH,
    CreditReport,
    Form,
    NoDomain,
    NoFile,
    NoReport,
    NotForReport,
    PeriodUnfit,
    Section,
    Validity,
    Verified,
    Wanted,
)
from chengxin.disclosure.reports.sheets import data, pdf
from chengxin.disclosure.reports.states import show, verify
from chengxin.disclosure.reports.withdrawing import REASONS, withdraw

__all__ = [
    "CHANCE",
    "LARGEST",
    "LEAF_KIND",
    "NOTHING_EN",
    "NOTHING_ZH",
    "NOT_FILED_EN",
    "NOT_FILED_ZH",
    "REASONS",
    "Checked",
    "CreditReport",
    "Form",
    "Issued",
    "NoDomain",
    "NoFile",
    "NoReport",
    "NotForReport",
    "PeriodUnfit",
    "Section",
    "Sheet",
    "TooLarge",
    "Validity",
    "Verified",
    "Wanted",
    "build",
    "build_own",
    "check",
    "data",
    "data_again",
    "forget",
    "forgettable",
    "longest_years",
    "of_subject",
    "pdf",
    "sheet_again",
    "show",
    "verify",
    "withdraw",
]
