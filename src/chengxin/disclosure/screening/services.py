"""The front desk of screening: asking, answering hits, what is to be answered, watching."""

from chengxin.disclosure.screening.asking import ask
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.feedback import (
    AnsweredAlready,
    FeedbackRefused,
    LateUnit,
    Report,
    UnknownHit,
    Waiting,
    answer,
    hit_number,
    late_units,
    overdue,
    remind,
    waiting,
    waiting_about,
    waiting_one,
)
from chengxin.disclosure.screening.hits import overdue_count, waiting_count
from chengxin.disclosure.screening.portfolio import (
    Delivery,
    Watched,
    code_of,
    count,
    delivery,
    history,
    pending_count,
    remove,
    watched,
)
from chengxin.disclosure.screening.shapes import Asked, GivenHit, Reply, Result, Screening
from chengxin.disclosure.screening.watching import Registered, close, events, register, run
from chengxin.disclosure.screening.webhooks import as_line, replay, step
from chengxin.disclosure.screening.webhooks import close as close_hook
from chengxin.disclosure.screening.webhooks import register as register_hook

__all__ = [
    "AnsweredAlready",
    "Asked",
    "Delivery",
    "FeedbackRefused",
    "GivenHit",
    "LateUnit",
    "Registered",
    "Reply",
    "Report",
    "Result",
    "Screening",
    "UnknownHit",
    "Waiting",
    "Watched",
    "answer",
    "as_line",
    "ask",
    "close",
    "close_hook",
    "code_of",
    "count",
    "delivery",
    "events",
    "history",
    "hit_number",
    "late_units",
    "overdue",
    "overdue_count",
    "pending_count",
    "register",
    "register_hook",
    "remind",
    "remove",
    "replay",
    "run",
    "screen",
    "step",
    "waiting",
    "waiting_about",
    "waiting_count",
    "waiting_one",
    "watched",
]
