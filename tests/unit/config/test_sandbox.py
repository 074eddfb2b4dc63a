"""A sandbox refuses real identity numbers wherever they stand, and lets synthetic ones pass."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from tests import filings

from chengxin.config.sandbox import OnlySynthetic
from chengxin.rules.synthetic import holds_a_real_number

SYNTHETIC = "320199198002290012"
# The well-known specimen of the standard, which is nobody's: 110105 exists, the bearer does not.
SPECIMEN = "110105" + "19491231" + "002X"


@pytest.fixture
def door(settings):
    settings.CHENGXIN_SANDBOX = True
    return OnlySynthetic(lambda request: HttpResponse(request.body if request.content_type == "text/x" else b"ok"))


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.csv", text)
    return out.getvalue()


def test_outside_a_sandbox_it_is_not_there(settings):
    settings.CHENGXIN_SANDBOX = False
    with pytest.raises(MiddlewareNotUsed):
        OnlySynthetic(lambda request: HttpResponse())


@pytest.mark.parametrize(
    ("text", "real"),
    [
        (SYNTHETIC, False), ("329999197001011146", False), (SPECIMEN, True), (SPECIMEN.lower(), True),
        (f"号码{SPECIMEN}，", True), (f"{SPECIMEN[:-1]}1", False), (f"1{SPECIMEN}", False), ("", False),
    ],
)  # fmt: skip
def test_only_a_well_formed_number_of_a_real_division_counts(text, real):
    assert holds_a_real_number(text) is real


def test_it_is_refused_in_bodies_forms_addresses_and_files(door):
    make = RequestFactory()
    workbook = filings.workbook([["证件号码"], [SPECIMEN]])
    file = [
        SPECIMEN.encode(),
        SPECIMEN.encode("utf-16"),
        zipped(SPECIMEN),
        workbook,
        b" " * (1024 * 1024 - 9) + SPECIMEN.encode(),
    ]
    sent = [
        make.post("/api/v1/enquiries", json.dumps({"code": SPECIMEN}), "application/json"),
        make.post("/api/v1/x", {"code": SPECIMEN}),
        make.get("/api/v1/organisations", {"q": SPECIMEN}),
        *(make.post("/api/v1/submissions", {"file": SimpleUploadedFile("a", each)}) for each in file),
    ]
    for request in sent:
        answer = door(request)
        assert answer.status_code == 422 and json.loads(answer.content)["code"] == "sandbox_only_synthetic"
        assert SPECIMEN not in answer.content.decode()
    assert door(make.post("/console/intake/", {"x": SPECIMEN})).status_code == 422


def test_synthetic_numbers_pass_and_the_file_is_read_from_its_beginning(door):
    answer = door(RequestFactory().post("/api/v1/enquiries", json.dumps({"code": SYNTHETIC}), "application/json"))
    assert answer.status_code == 200 and answer["Chengxin-Sandbox"] == "synthetic-data-only"
    file = SimpleUploadedFile("a.csv", SYNTHETIC.encode())
    request = RequestFactory().post("/api/v1/submissions", {"file": file})
    assert door(request).status_code == 200 and request.FILES["file"].read() == SYNTHETIC.encode()
