"""The front desk of the second person: approvals of single enquiries, protected subjects, and orders for many."""

from chengxin.disclosure.orders.approvals import CannotApprove, Waiting, ask, decide, for_decider, may_decide, of_asker
from chengxin.disclosure.orders.orders import CannotOrder, Progress, Wanted, read_subjects
from chengxin.disclosure.orders.protection import lift, protect

__all__ = [
    "CannotApprove",
    "CannotOrder",
    "Progress",
    "Waiting",
    "Wanted",
    "ask",
    "decide",
    "for_decider",
    "lift",
    "may_decide",
    "of_asker",
    "protect",
    "read_subjects",
]
