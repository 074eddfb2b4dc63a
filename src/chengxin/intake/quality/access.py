"""Who sees whose figures: an agency its own, the centre and the auditor those of their region."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.accounts import selectors
from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import NotPermitted, can_may, check_may
from chengxin.accounts.roles import Permission


def visible(actor: User) -> QuerySet[Agency]:
    """Return the sources whose figures the actor may see, by code; raises NotPermitted."""
    check_may(actor, Permission.SEE_QUALITY)
    wanted = Q(pk=actor.agency_id) if actor.agency_id else Q(pk__in=())
    if can_may(actor, Permission.SUPERVISE_CASES):
        wanted |= selectors.reached(actor, Permission.SUPERVISE_CASES)
    return selectors.agencies(files_records=True).filter(wanted).order_by("uscc")


def sees_all(actor: User) -> bool:
    """Tell whether the actor compares agencies."""
    return can_may(actor, Permission.SEE_QUALITY) and can_may(actor, Permission.SUPERVISE_CASES)


def check_may_read_bulletins(actor: User) -> None:
    """Raise NotPermitted unless the actor compares agencies or works at a source: bulletins are handed out to these."""
    if not sees_all(actor) and not visible(actor).exists():
        raise NotPermitted(
            "通报发给信用中心和各信源单位。", "Bulletins are handed out to the credit centre and to the sources."
        )


def check_may_see(agency_id: UUID, actor: User) -> Agency:
    """Return an agency the actor may see; one he may not see is refused like one that is not there."""
    found = visible(actor).filter(pk=agency_id).first()
    if found is None:
        raise NotPermitted(
            "您只能查看本单位或者本地区单位的归集质量。", "You may see your own unit, or the units of your region."
        )
    return found


def check_may_appraise(agency: Agency, actor: User) -> None:
    """Raise NotPermitted unless the actor runs the appraisal of the agency's region."""
    check_may(actor, Permission.MANAGE_CATALOGUE, agency.region)
