"""The front desk of screening: asking, answering hits, what is to be answered."""

from chengxin.disclosure.screening.asking import ask
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.feedback import (
    AnsweredAlready,
    FeedbackRefused,
    Report,
    UnknownHit,
    Waiting,
    answer,
    remind,
    waiting,
)
from chengxin.disclosure.screening.shapes import Asked, GivenHit, Reply, Result, Screening

__all__ = [
    "AnsweredAlready",
    "Asked",
    "FeedbackRefused",
    "GivenHit",
    "Reply",
    "Report",
    "Result",
    "Screening",
    "UnknownHit",
    "Waiting",
    "answer",
    "ask",
    "remind",
    "screen",
    "waiting",
]
