"""The front desk of portable reports: issuing, showing, withdrawing, and what anybody needs to check one."""

from chengxin.disclosure.portable.checking import Checked, check
from chengxin.disclosure.portable.law import longest_days, showing_days
from chengxin.disclosure.portable.making import (
    Ended,
    Incomplete,
    NotForMandates,
    Opened,
    Showing,
    Wish,
    issue,
    mine,
    open_report,
    show,
    showings,
    state,
    withdraw,
)
from chengxin.disclosure.portable.packing import Part
from chengxin.disclosure.portable.standing import NoSuchList, Published, keys, publish, refresh

__all__ = [
    "Checked",
    "Ended",
    "Incomplete",
    "NoSuchList",
    "NotForMandates",
    "Opened",
    "Part",
    "Published",
    "Showing",
    "Wish",
    "check",
    "issue",
    "keys",
    "longest_days",
    "mine",
    "open_report",
    "publish",
    "refresh",
    "show",
    "showing_days",
    "showings",
    "state",
    "withdraw",
]
