"""The front desk of screening: asking, answering hits, what is to be answered, watching."""

from chengxin.disclosure.screening.asking import ask
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.feedback import (
    AnsweredAlready,
    FeedbackRefused,
    Report,
    UnknownHit,
    Waiting,
    answer,
    overdue,
    remind,
    waiting,
)
from chengxin.disclosure.screening.shapes import Asked, GivenHit, Reply, Result, Screening
from chengxin.disclosure.screening.watching import Registered, close, events, register, run
from chengxin.disclosure.screening.webhooks import as_line, replay, step
from chengxin.disclosure.screening.webhooks import register as register_hook

__all__ = [
    "AnsweredAlready",
    "Asked",
    "FeedbackRefused",
    "GivenHit",
    "Registered",
    "Reply",
    "Report",
    "Result",
    "Screening",
    "UnknownHit",
    "Waiting",
    "answer",
    "as_line",
    "ask",
    "close",
    "events",
    "overdue",
    "register",
    "register_hook",
    "remind",
    "replay",
    "run",
    "screen",
    "step",
    "waiting",
]
