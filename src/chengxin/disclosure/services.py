"""The front desk of this room: the gate and what goes into and comes out of it."""

from chengxin.disclosure.gate import disclose
from chengxin.disclosure.shapes import Answer, Enquiry, FieldShown, Refused, RowShown, ServiceRefused, SubjectShown

__all__ = [
    "Answer",
    "Enquiry",
    "FieldShown",
    "Refused",
    "RowShown",
    "ServiceRefused",
    "SubjectShown",
    "disclose",
]
