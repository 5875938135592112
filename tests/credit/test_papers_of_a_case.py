"""Papers that came to one of us are kept with the case, by the rules of the portal."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from credit.models import CreditDocument
from o2c.kernel import files, roles
from o2c.kernel.models import AuditEntry

PDF = b"%PDF-1.7 accounts of 2025"


def send(browser, application, *uploads, token="t1"):
    address = reverse("credit:add-documents", args=[application.number])
    return browser.post(address, {"token": token, "files": list(uploads)})


def test_paper_is_kept_and_shown_and_the_case_stays(credit_analyst, application):
    response = send(credit_analyst, application, SimpleUploadedFile("Accounts 2025.pdf", PDF))

    application.refresh_from_db()
    document = CreditDocument.objects.get()
    page = credit_analyst.get(response.url).content.decode()
    assert (response.status_code, application.state) == (302, "referred")
    assert (document.application, document.name) == (application, "Accounts 2025.pdf")
    assert files.read(document.file) == PDF
    assert reverse("credit:document", args=[document.pk]) in page


def test_who_added_it_is_in_the_trail(credit_analyst, application):
    send(credit_analyst, application, SimpleUploadedFile("a.pdf", PDF))

    entry = AuditEntry.objects.get(subject=application.label, action="upload")
    assert entry.changes == {"document": ["", "a.pdf"]}
    assert entry.actor_name == CreditDocument.objects.get().uploaded_by


def test_same_form_and_same_paper_are_kept_once(credit_analyst, application):
    answers = [
        send(credit_analyst, application, SimpleUploadedFile("a.pdf", PDF), token=token).status_code
        for token in ("t1", "t1", "t2")
    ]

    assert answers == [302, 302, 302]
    assert CreditDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("uploads", "message"),
    [
        ([], "Choose a file first."),
        ([SimpleUploadedFile("a.pdf", b"")], "a.pdf is empty."),
        ([SimpleUploadedFile("a.pdf", b"MZ program")], "a.pdf is no PDF, PNG, JPEG or Excel file."),
        (
            [SimpleUploadedFile(f"{n}.pdf", PDF + bytes([n])) for n in range(6)],
            "Send 5 files at a time at most.",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_on_the_page(credit_analyst, application, uploads, message):
    response = send(credit_analyst, application, *uploads)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not CreditDocument.objects.exists()


def test_decided_case_takes_no_papers(credit_analyst, application):
    type(application).objects.filter(pk=application.pk).update(state="withdrawn")

    response = send(credit_analyst, application, SimpleUploadedFile("a.pdf", PDF))

    assert response.status_code == 409
    assert not CreditDocument.objects.exists()


def test_order_without_application_has_no_papers(credit_analyst, held):
    assert send(credit_analyst, held, SimpleUploadedFile("a.pdf", PDF)).status_code == 404


def test_others_add_none(browser_of, application):
    response = send(browser_of(roles.SALES_REP), application, SimpleUploadedFile("a.pdf", PDF))

    assert response.status_code == 403
    assert not CreditDocument.objects.exists()
