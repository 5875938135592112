"""A file that nothing can be made of is rejected with a finding; nothing else is lost."""

import json
import time

import pytest
from django.core.management import call_command

from o2c.kernel.models import StoredFile
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order
from tests.orders.intake.conftest import rules
from tests.orders.intake.workbooks import tampered, workbook

GOOD = [["Customer", "PO", "SKU", "Qty"], ["C-17850", "1", "85123A", 6]]
SHEET = "xl/worksheets/sheet1.xml"
XLSX = workbook(GOOD)
BROKEN_AT = XLSX.find(SHEET.encode()) + len(SHEET) + 20


def flagged_encrypted(content):
    """Set the encryption bit of every entry in the central directory and before each part."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def with_lying_directory():
    """A part that says it unpacks to 100 bytes and unpacks to ten million."""
    content = bytearray(tampered(XLSX, add=[("xl/media/x.bin", b"\x00" * 10_000_000)]))
    entry = content.rfind(b"xl/media/x.bin") - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    return bytes(content)


HOSTILE = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b" \r\n\t\n", "empty"),
    "bom.csv": (b"\xef\xbb\xbf", "no_header"),
    "header.csv": (b"Customer,PO,SKU,Qty\n", "no_lines"),
    "prose.csv": (b"Dear Maya,\n\nplease send us six valves.\n", "no_header"),
    "junk.csv": (bytes(range(256)) * 40, "binary"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
    "utf16.csv": (b"\xff\xfeS\x00K\x00U", "encoding"),
    "quote.csv": (b'SKU,Qty\n"85123A,6\n71053,2\n', "broken_csv"),
    "wide.csv": (b"SKU,Qty\n" + b"x" * 200_000 + b",1\n", "broken_csv"),
    "broken.json": (b'{"lines": [', "broken_json"),
    "latin.json": ('{"note": "f\u00fcr"}'.encode("latin-1"), "encoding"),
    "deep.json": (b"[" * 200_000, "too_deep"),
    "twice.json": (b'{"po": 1, "po": 2, "lines": []}', "duplicate_key"),
    "nan.json": (b'{"lines": [{"sku": "85123A", "quantity": NaN}]}', "not_a_number"),
    "infinite.json": (b'{"lines": [{"sku": "85123A", "quantity": -Infinity}]}', "not_a_number"),
    "huge.json": (b'{"lines": [{"sku": "A", "quantity": 1e999999999}]}', "number_too_big"),
    "digits.json": (b'{"lines": [{"quantity": ' + b"9" * 100_000 + b"}]}", "number_too_big"),
    "list.json": (b'["order"]', "wrong_shape"),
    "number.json": (b"7", "wrong_shape"),
    "lines.json": (b'{"lines": {"sku": "85123A"}}', "wrong_shape"),
    "none.json": (b'{"orders": []}', "no_lines"),
    "bare.json": (b'{"po": "4711"}', "no_lines"),
    "zip.xlsx": (b"PK\x03\x04 and then nothing", "broken_archive"),
    "cut.xlsx": (XLSX[: len(XLSX) // 2], "broken_archive"),
    "flipped.xlsx": (XLSX[:BROKEN_AT] + b"??" + XLSX[BROKEN_AT + 2 :], "broken_archive"),
    "ole.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted"),
    "password.xlsx": (flagged_encrypted(XLSX), "encrypted"),
    "bomb.xlsx": (tampered(XLSX, add=[("xl/x.bin", b"\x00" * 30_000_000)]), "zip_bomb"),
    "many.xlsx": (tampered(XLSX, add=[(f"x/{n}", b"") for n in range(1001)]), "zip_bomb"),
    "path.xlsx": (tampered(XLSX, add=[("../../etc/cron.d/x", b"x")]), "path_name"),
    "root.xlsx": (tampered(XLSX, add=[("/etc/passwd", b"x")]), "path_name"),
    "drive.xlsx": (tampered(XLSX, add=[("C:\\x", b"x")]), "path_name"),
    "lie.xlsx": (with_lying_directory(), "broken_archive"),
    "entities.xlsx": (
        tampered(XLSX, replace=(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')),
        "xml_entities",
    ),
    "corner.xlsx": (
        tampered(XLSX, replace=(SHEET, b'r="D2"', b'r="XFD1048576"')),
        "sheet_too_wide",
    ),
    "other.xlsx": (tampered(workbook([["Dear"], ["Maya"]])), "no_header"),
    "nosheet.xlsx": (workbook([]), "no_header"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_rejects_it_with_a_finding_and_keeps_it(books, intake, name):
    content, rule = HOSTILE[name]
    begun = time.perf_counter()

    (result,) = intake(content, "--commit", name=name)

    assert time.perf_counter() - begun < 2
    assert (result["status"], result["order"], result["confidence"]) == ("rejected", None, 0)
    assert rules(result) == [(rule, "file")]
    assert result["findings"][0]["severity"] == "block"
    document = IntakeDocument.objects.get()
    assert (document.state, document.file.name) == ("rejected", name)
    assert not Order.objects.exists()


def test_keeps_a_rejected_file_once(books, intake):
    intake(b"\x00", "--commit")
    intake(b"\x00", "--commit")

    assert IntakeDocument.objects.count() == 1


def test_refuses_a_huge_file_unread(books, intake, settings):
    settings.INTAKE_MAX_BYTES = 1000

    (result,) = intake(b"SKU,Qty\n" + b"85123A,1\n" * 200, "--commit")

    assert (result["status"], rules(result)) == ("rejected", [("too_big", "file")])
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"Customer,SKU,Qty\n" + b"C-17850,85123A,1\n" * 11),
        ("x.json", json.dumps({"lines": [{"sku": "85123A", "quantity": 1}] * 11}).encode()),
        ("x.xlsx", workbook([["SKU", "Qty"], *[["85123A", 1]] * 11])),
    ],
)
def test_refuses_more_lines_than_we_take(books, intake, settings, name, content):
    settings.INTAKE_MAX_LINES = 10

    (result,) = intake(content, name=name)

    assert (result["status"], rules(result)) == ("rejected", [("too_many_lines", "file")])


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "-cmd", '=HYPERLINK("http://x")'])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_keeps_formula_text_as_text_and_doubts_it_in_keys(books, intake, text, position):
    row = ["C-17850", "1", "85123A", "6"]
    row[position] = text

    (result,) = intake("Customer;PO;SKU;Qty\n" + ";".join(row), "--commit")

    field = ("customer", "po_number", "lines.0.sku")[position]
    assert result["status"] == "review"
    assert ("formula_text", field) in rules(result)
    assert text in IntakeDocument.objects.get().content["rows"][0][1]


def test_reads_a_formula_of_a_workbook_as_nothing(books, intake):
    row = ["C-17850", "1", '=HYPERLINK("http://x")', 6]

    (result,) = intake(workbook([GOOD[0], row]), name="x.xlsx")

    assert (result["status"], rules(result)) == ("review", [("missing_product", "lines.0.sku")])


def test_a_name_is_a_name_and_no_path(books, actor, now):
    results = take_in("../../\u202eetc/pass\x00wd\n.csv", b"", commit=True, at=now, actor=actor)

    assert [result.file for result in results] == ["../../ etc/pass wd .csv"]
    assert "/" not in StoredFile.objects.get().sha256


def test_a_hostile_file_does_not_disturb_the_others(books, tmp_path, capsys):
    for name in ("bomb.xlsx", "deep.json", "junk.csv"):
        (tmp_path / name).write_bytes(HOSTILE[name][0])
    (tmp_path / "good.xlsx").write_bytes(XLSX)

    names = ("bomb.xlsx", "good.xlsx", "deep.json", "junk.csv")
    call_command("intake", *(str(tmp_path / name) for name in names), "--commit")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["status"] for line in lines] == ["rejected", "accepted", "rejected", "rejected"]
    assert Order.objects.count() == 1
