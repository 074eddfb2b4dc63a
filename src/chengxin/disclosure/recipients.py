"""Finding the contract under which a unit takes the feed."""

from __future__ import annotations

from datetime import date

from chengxin.accounts.models import Agency
from chengxin.disclosure.feed import NoContract
from chengxin.disclosure.models import Recipient


def recipient_of(agency: Agency, contract_no: str, today: date) -> Recipient:
    """Return the unit's contract in force today, by number or the newest one; raises NoContract."""
    found = Recipient.objects.select_related("agency").filter(agency=agency, since__lte=today, until__gte=today)
    found = found.filter(contract_no=contract_no) if contract_no else found
    recipient = found.order_by("-since", "-pk").first()
    if recipient is None:
        raise NoContract(
            "贵单位没有生效的共享合同，或合同编号不符。请联系信用中心。",
            "Your unit has no contract in force under this number. Ask the credit centre.",
        )
    return recipient
