"""Whose files are taken: the agency must be a source of records, and the actor must act for it."""

from __future__ import annotations

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.intake.models import Submission
from chengxin.rules.errors import Refusal


class NotASource(Refusal):
    """The agency does not file records."""

    code = "not_a_source"


class NotYourAgency(Refusal):
    """The actor belongs to another agency."""

    code = "not_your_agency"


def check_may_submit(agency: Agency, actor: User) -> None:
    """Raise NotPermitted, NotYourAgency or NotASource unless the actor may file records for the agency."""
    check_may(actor, Permission.SUBMIT_RECORDS)
    _check_own(agency, actor)
    check_is_source(agency)


def check_is_source(agency: Agency) -> None:
    """Raise NotASource unless the agency is registered as a source of records."""
    if not agency.files_records:
        raise NotASource(
            "本单位不是信源单位，不能报送信息。请联系信用中心办理登记。",
            "This agency is not registered as a source of records. Ask the credit centre to register it.",
        )


def check_may_see(submission: Submission, actor: User) -> None:
    """Raise unless the actor belongs to the agency that filed, or judges matches in that agency's region."""
    if actor.agency_id == submission.agency_id:
        check_may(actor, Permission.SEE_QUALITY)
    else:
        check_may(actor, Permission.MATCH_SUBJECT, submission.agency.region)


def check_may_take_back(submission: Submission, actor: User) -> None:
    """Raise unless the actor belongs to the agency that sent the rows: what it sent is shown to nobody else."""
    check_may(actor, Permission.SUBMIT_RECORDS)
    _check_own(submission.agency, actor)


def _check_own(agency: Agency, actor: User) -> None:
    if actor.agency_id != agency.id:
        raise NotYourAgency(
            "只能办理本单位的报送。请换用该单位的账号。",
            "You can only act for your own agency. Sign in with an account of that agency.",
        )
