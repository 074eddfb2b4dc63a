"""A file comes in piece by piece: nobody else's, not too much, in its place, in time, and once."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import uploads
from chengxin.intake.models import Submission, Upload, UploadPiece
from chengxin.intake.readers import limits
from chengxin.intake.readers.faults import FileEmpty, FileTooLarge
from chengxin.intake.uploads import Described
from chengxin.vault.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/console/intake/uploads/"


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def described(content: bytes, name: str = "十一月.csv") -> Described:
    return Described(name, len(content), hashlib.sha256(content).hexdigest())


def begun(clerk: User, content: bytes, **how: Any) -> Upload:
    assert clerk.agency
    when = {"now": make.NOW, "today": make.TODAY} | how
    return uploads.begin(clerk.agency, make.PENALTY, described(content), actor=clerk, **when)


def put(clerk: User, upload: Upload, content: bytes, start: int = 0) -> None:
    for offset in range(start, len(content), uploads.PIECE):
        uploads.append(upload.id, offset, content[offset : offset + uploads.PIECE], actor=clerk, now=make.NOW)


def finish(clerk: User, upload: Upload, *, dry_run: bool = False) -> Any:
    [only] = uploads.finish([upload.id], actor=clerk, now=make.NOW, today=make.TODAY, dry_run=dry_run)
    return only


def large() -> bytes:
    """A file of three pieces, the last one short."""
    row = filings.FIRM_ROW | {"CF_SY": "运输车辆超限。" * 20}
    rows = [row | {"CF_WSH": f"示交罚〔2026〕{number}号"} for number in range(1, 3_400)]
    content = filings.as_csv(rows)
    assert 2 * uploads.PIECE < len(content) < 3 * uploads.PIECE
    return content


def test_a_file_broken_off_goes_on_and_arrives_as_it_was(clerk: User) -> None:
    content = large()
    first = begun(clerk, content)
    uploads.append(first.id, 0, content[: uploads.PIECE], actor=clerk, now=make.NOW)
    again = begun(clerk, content)
    assert (again.id, again.received) == (first.id, uploads.PIECE)
    [piece] = uploads.pieces(again)
    assert piece["sha256"] == hashlib.sha256(content[: uploads.PIECE]).hexdigest()
    put(clerk, again, content, again.received)
    with uploads.opened(again) as file:
        assert file.read() == content
    assert content[:200] not in b"".join(bytes(each.sealed) for each in UploadPiece.objects.all())


def test_filing_twice_gives_the_same_submission_and_leaves_no_piece(clerk: User) -> None:
    content = filings.as_csv(filings.rows(3))
    upload = begun(clerk, content)
    put(clerk, upload, content)
    first, again = finish(clerk, upload), finish(clerk, upload)
    assert first.submission.id == again.submission.id
    assert Submission.objects.get().sha256 == hashlib.sha256(content).hexdigest()
    assert not UploadPiece.objects.exists()
    assert DataKey.objects.get(pk=upload.key_id).wrapped is None


def test_a_rehearsal_stores_nothing_and_the_file_can_be_filed_without_sending_it_again(clerk: User) -> None:
    content = filings.as_csv(filings.rows(2))
    upload = begun(clerk, content)
    put(clerk, upload, content)
    assert finish(clerk, upload, dry_run=True).submission.counts["valid"] == 2
    assert not Submission.objects.exists()
    assert finish(clerk, upload).submission.counts["admitted"] == 2


def test_a_refused_file_is_let_go_of_at_once(clerk: User) -> None:
    content = "行政相对人名称,宗教信仰\n某,某\n".encode()
    upload = begun(clerk, content)
    put(clerk, upload, content)
    assert finish(clerk, upload, dry_run=True).refusal.code == "columns.prohibited"
    assert not UploadPiece.objects.exists()


def test_a_piece_in_the_wrong_place_is_told_the_right_one(clerk: User) -> None:
    content = large()
    upload = begun(clerk, content)
    uploads.append(upload.id, 0, content[: uploads.PIECE], actor=clerk, now=make.NOW)
    for place in (0, 7, 2 * uploads.PIECE):
        with pytest.raises(uploads.WrongOffset) as caught:
            uploads.append(upload.id, place, content[: uploads.PIECE], actor=clerk, now=make.NOW)
        assert caught.value.facts["offset"] == uploads.PIECE
    with pytest.raises(uploads.PieceWrong):
        uploads.append(upload.id, uploads.PIECE, b"short", actor=clerk, now=make.NOW)
    assert Upload.objects.get().received == uploads.PIECE


def test_what_is_too_large_or_empty_or_too_much_together_is_refused(clerk: User) -> None:
    assert clerk.agency
    for size, refusal in ((limits.FILE_BYTES + 1, FileTooLarge), (0, FileEmpty)):
        with pytest.raises(refusal):
            uploads.begin(
                clerk.agency, make.PENALTY, Described("a.csv", size, "0" * 64),
                actor=clerk, now=make.NOW, today=make.TODAY,
            )  # fmt: skip
    for number in range(3):
        file = Described(f"{number}.csv", limits.FILE_BYTES, "0" * 64)
        how = {"actor": clerk, "now": make.NOW, "today": make.TODAY}
        if number < 2:
            uploads.begin(clerk.agency, make.PENALTY, file, **how)  # type: ignore[arg-type]  # By name.
        else:
            with pytest.raises(uploads.TooMuchUnderWay):
                uploads.begin(clerk.agency, make.PENALTY, file, **how)  # type: ignore[arg-type]  # By name.


def test_an_expired_upload_is_gone_and_its_key_destroyed(clerk: User) -> None:
    content = filings.as_csv(filings.rows(1))
    upload = begun(clerk, content)
    put(clerk, upload, content)
    later = make.NOW + uploads.KEPT_FOR
    with pytest.raises(uploads.NoSuchUpload):
        uploads.one(upload.id, actor=clerk, now=later)
    assert uploads.forget(later - timedelta(seconds=1)) == 0
    assert uploads.forget(later) == 1
    assert not UploadPiece.objects.exists()
    assert DataKey.objects.get(pk=upload.key_id).wrapped is None


def test_an_incomplete_file_is_not_filed(clerk: User) -> None:
    upload = begun(clerk, large())
    with pytest.raises(uploads.UploadIncomplete):
        finish(clerk, upload)


def test_columns_to_be_matched_keep_the_upload(clerk: User) -> None:
    content = "甲列,乙列,丙列\n一,二,三\n".encode()
    upload = begun(clerk, content)
    put(clerk, upload, content)
    refusal = finish(clerk, upload).refusal
    assert (refusal.code == "columns.mapping") is UploadPiece.objects.exists()


def test_over_http_another_users_upload_does_not_exist(clerk: User) -> None:
    mine, other = Client(), Client()
    mine.force_login(clerk)
    assert clerk.agency
    colleague = filings.clerk(clerk.agency, "colleague")
    other.force_login(colleague)
    content = filings.as_csv(filings.rows(1))
    asked = {"item": make.PENALTY, "name": "a.csv", "size": len(content), "mark": "0" * 64}
    state = mine.post(ADDRESS, asked).json()
    kind = "application/octet-stream"
    bodies = set()
    for identifier in (state["id"], uuid.uuid4()):
        for answer in (
            other.get(f"{ADDRESS}{identifier}/"),
            other.put(f"{ADDRESS}{identifier}/?offset=0", content, kind),
        ):
            assert answer.status_code == 404
            bodies.add(answer.content)
    assert len(bodies) == 1
    wrong = mine.put(f"{ADDRESS}{state['id']}/?offset=5", content, kind)
    assert (wrong.status_code, wrong.json()["offset"]) == (409, 0)
    whole = mine.put(f"{ADDRESS}{state['id']}/?offset=0", content, kind)
    assert (whole.status_code, whole.json()["offset"]) == (200, len(content))
    tall = mine.put(f"{ADDRESS}{state['id']}/?offset=0", b"0" * (3 * uploads.PIECE), kind)
    assert tall.status_code == 400
    filed = mine.post("/console/intake/", {"upload": state["id"]})
    again = mine.post("/console/intake/", {"upload": state["id"]})
    assert filed.status_code == again.status_code == 302
    assert filed["Location"] == again["Location"]
    assert other.post("/console/intake/", {"upload": state["id"]})["Location"] == "/console/intake/"


def test_without_a_sign_in_nothing_is_taken(clerk: User) -> None:
    assert Client().post(ADDRESS, {"name": "a"}).status_code == 302
    assert Client().put(f"{ADDRESS}{uuid.uuid4()}/?offset=0", b"x").status_code == 302
