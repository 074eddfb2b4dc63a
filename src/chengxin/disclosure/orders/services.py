"""The front desk of the second person: approvals of single enquiries, and orders for many."""

from chengxin.disclosure.orders.approvals import Waiting, ask, decide, for_decider, may_decide, of_asker
from chengxin.disclosure.orders.orders import CannotOrder, Progress, Wanted, read_subjects
from chengxin.disclosure.second_person import CannotApprove

__all__ = [
    "CannotApprove",
    "CannotOrder",
    "Progress",
    "Waiting",
    "Wanted",
    "ask",
    "decide",
    "for_decider",
    "may_decide",
    "of_asker",
    "read_subjects",
]
