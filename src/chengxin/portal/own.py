"""Whose file a signed-in user is looking at: their own, or that of an organisation they represent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengxin.disclosure.own_file import NotYours
from chengxin.disclosure.services import ServiceRefused
from chengxin.portal.frame import sentence, show
from chengxin.registry import selectors as registry
from chengxin.registry.sealing import open_name
from chengxin.rights import agents
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

CHOSEN = "own_file"


@dataclass(frozen=True)
class Own:
    """The user, the subject whose file is open, and every subject the user may act for."""

    user: Any
    subject: UUID
    subjects: tuple[UUID, ...]

    def record(self, record_id: UUID) -> UUID:
        """Return the subject of a record the user may see; anything else is an ordinary missing page."""
        found = registry.record(record_id)
        if found is None or found.subject_id not in self.subjects:
            raise Http404
        return found.subject_id


View = Callable[..., HttpResponse]


def own_page(view: View) -> View:
    """Give a view an :class:`Own`; a user with no file of their own finds no page, and a refusal becomes a sentence."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = _own(request)
        try:
            if own is None:
                return _nobody(request)
            return view(request, own, *args, **kwargs)
        except NotYours:
            raise Http404 from None
        except Refusal as refusal:
            status = 503 if isinstance(refusal, ServiceRefused) else 403
            return show(request, "refused", {"sentence": sentence(refusal)}, status=status)

    return guarded


def _own(request: HttpRequest) -> Own | None:
    agents.lapse(now=clock.now(), today=clock.today())  # A power ends on its day, whether or not a job has run.
    subjects = tuple(mandate.subject_id for mandate in registry.subjects_of(_user(request)))
    if not subjects:
        return None
    chosen = request.session.get(CHOSEN, "")
    return Own(request.user, next((each for each in subjects if str(each) == chosen), subjects[0]), subjects)


def _user(request: HttpRequest) -> Any:
    return request.user


def _nobody(request: HttpRequest) -> HttpResponse:
    if request.path != "/mine/":
        raise Http404
    return show(request, "nobody")


def choices(own: Own) -> list[dict[str, Any]]:
    """Return the files a user may open, when there is more than one, the open one marked."""
    if len(own.subjects) < 2:
        return []
    return [{"id": each, "name": subject_name(each), "chosen": each == own.subject} for each in own.subjects]


def subject_name(subject_id: UUID) -> str:
    """Return the name of a subject to somebody who may act for it."""
    subject = registry.subject(subject_id)
    if subject is None or subject.key.wrapped is None:
        return _("已删除的档案")
    return open_name(subject) if subject.kind == "person" else registry.present_name(subject)


@require_POST
@own_page
def choose(request: HttpRequest, own: Own) -> HttpResponse:
    """Open another of one's files; a file one may not act for does not exist."""
    wanted = request.POST.get("subject", "")
    if wanted not in {str(each) for each in own.subjects}:
        raise Http404
    request.session[CHOSEN] = wanted
    return redirect("/mine/")
