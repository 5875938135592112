"""PDFs and mails from people who mean harm: refused with a finding, in time, and kept."""

import zlib

import pytest
from django.urls import reverse

from orders.intake.pdf import sandbox
from orders.intake.pdf.sandbox import NoPicture, draw_page
from orders.models import IntakeDocument, Order
from tests.orders.intake.conftest import rules
from tests.orders.intake.mails import CSV, mail
from tests.orders.intake.papers import paper


def pdf(*objects, trailer=""):
    """Return a PDF of these objects, numbered from 1; the first is the catalog."""
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        raw = content if isinstance(content, bytes) else content.encode()
        body += f"{number} 0 obj\n".encode() + raw + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    head = f"xref\n0 {count}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<< /Size {count} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF"
    return body + head.encode() + tail.encode()


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
ONE = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGES = range(3, 10_003)
BOMB = zlib.compress(b"BT (x) Tj ET " * 20_000_000, 9)
HOSTILE = {
    "cut.pdf": (paper()[:3000], "broken_pdf"),
    "junk.pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 50, "broken_pdf"),
    "empty.pdf": (pdf(CATALOG, ONE, PAGE), "no_text"),
    "many.pdf": (
        pdf(
            CATALOG,
            f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in PAGES)}] /Count 10000 >>",
            *[PAGE] * len(PAGES),
        ),
        "too_many_pages",
    ),
    "loop.pdf": (pdf(CATALOG, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "no_text"),
    "password.pdf": (
        pdf(
            CATALOG,
            ONE,
            PAGE,
            f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>",
            trailer=f"/Encrypt 4 0 R /ID [<{'43' * 16}> <{'43' * 16}>]",
        ),
        "encrypted",
    ),
    "bomb.pdf": (
        pdf(
            CATALOG,
            ONE,
            PAGE.replace(">>", "/Contents 4 0 R >>"),
            f"<< /Length {len(BOMB)} /Filter /FlateDecode >>\nstream\n".encode()
            + BOMB
            + b"\nendstream",
        ),
        "too_complex",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_rejects_it_with_a_finding_and_keeps_it(books, intake, monkeypatch, name):
    content, rule = HOSTILE[name]
    if rule == "too_complex":
        monkeypatch.setattr(sandbox, "SECONDS", 5)

    (result,) = intake(content, "--commit", name=name)

    assert (result["status"], result["order"]) == ("rejected", None)
    assert rules(result) == [(rule, "file")]
    assert IntakeDocument.objects.get().state == "rejected"


def test_draws_no_page_that_is_not_there():
    with pytest.raises(NoPicture):
        draw_page(paper(), 7)
    with pytest.raises(NoPicture):
        draw_page(b"%PDF-1.4 and then nothing", 0)


def test_a_page_a_kilometre_wide_is_drawn_small_or_not_at_all():
    wide = pdf(CATALOG, ONE, PAGE.replace("595 842", "2834645 10"))
    try:
        drawn = draw_page(wide, 0)
    except NoPicture:
        return
    assert len(drawn) < 1_000_000


def test_sends_a_picture_of_a_page_and_nothing_else(books, intake, sales_rep, visitor):
    intake(paper(), "--commit", name="po.pdf")
    document = IntakeDocument.objects.get()
    page = reverse("orders:intake-picture", args=[document.pk, 0])

    response = sales_rep.get(page)

    assert response.content.startswith(b"\x89PNG")
    assert response.headers["Content-Type"] == "image/png"
    assert sales_rep.get(page.replace("page/0", "page/9")).status_code == 404
    assert visitor.get(page).status_code == 403


def nested(depth):
    message = mail(attachments=[("po.csv", CSV)])
    for level in range(depth):
        message = mail(message_id=f"<{level}@x>", attachments=[("in.eml", message)])
    return message


def with_parts(count):
    body = "".join(f"--b\r\nContent-Type: text/plain\r\n\r\n{n}\r\n" for n in range(count))
    head = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
    return f"{head}\r\n\r\n{body}--b--\r\n".encode()


@pytest.mark.parametrize("content", [with_parts(1000), nested(5)], ids=["parts", "nested"])
def test_rejects_a_mail_with_more_parts_than_anybody_sends(books, intake, content):
    (result,) = intake(content, "--commit", name="x.eml")

    assert (result["status"], rules(result)) == ("rejected", [("too_nested", "file")])


@pytest.mark.parametrize(
    "message",
    [
        b"From: a@b.example\r\nSubject: " + b"x" * 500_000 + b"\r\n\r\nhello",
        b"From: a@b.example\r\nX: " + b"y\r\n " * 50_000 + b"\r\n\r\nhello",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe\xfa",
        b"From: =?no-such?q?=FF?= <a@b.example>\r\nSubject: =?utf-8?b?###?=\r\n\r\nhello",
        b"From: a@b.example, c@d.example\r\n\r\nhello",
        b"From: \r\nMessage-ID: <>\r\n\r\n",
        b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    ],
)
def test_a_strange_mail_waits_for_a_person(books, intake, message):
    (result,) = intake(message, "--commit", name="x.eml")

    assert (result["status"], result["order"]) == ("review", None)
    assert ("no_order_found", "file") in rules(result)


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.csv", "C:\\x.csv", "/etc/passwd", "a\x00b.csv"]
)
def test_an_attachments_name_is_no_path(books, intake, name):
    results = intake(mail(attachments=[(name, CSV)]), "--commit", name="x.eml")

    names = {document.file.name for document in IntakeDocument.objects.all()}
    assert all(".." not in kept and "\\" not in kept for kept in names)
    assert {kept.count("/") for kept in names} <= {0, 1}
    assert results[0]["status"] == "review"
    assert not Order.objects.exists()


def test_formula_cells_of_an_attachment_are_doubted(books, intake):
    content = b"Customer,PO,SKU,Quantity\nC-17850,=1+1,85123A,6\n"
    results = intake(mail(attachments=[("po.csv", content)]), "--commit", name="x.eml")

    assert ("formula_text", "po_number") in rules(results[0])
