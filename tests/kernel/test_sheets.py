"""Reading tables of strangers: what is in them, or one clear reason why not."""

import pytest

from o2c.kernel.sheets import Unreadable, read_rows
from tests.orders.intake.workbooks import workbook


def test_reads_delimited_text_whatever_its_delimiter():
    (sheet,) = read_rows(b"Number;Name\nC-1;Pump, Valve & Co\n", "customers.csv")

    assert sheet.name == "customers.csv"
    assert sheet.rows == [(1, ["Number", "Name"]), (2, ["C-1", "Pump, Valve & Co"])]


def test_finds_the_delimiter_by_the_names_that_the_caller_knows():
    content = b"a,b,c;Number;Name\n"

    (sheet,) = read_rows(content, "x.csv", known=lambda row: len({"Number", "Name"} & {*row}))

    assert sheet.rows == [(1, ["a,b,c", "Number", "Name"])]


def test_says_when_the_encoding_was_guessed():
    (western,) = read_rows("Müller".encode("cp1252"), "x.csv")
    (plain,) = read_rows("Müller".encode(), "x.csv")

    assert (western.rows, western.is_guessed) == ([(1, ["Müller"])], True)
    assert (plain.rows, plain.is_guessed) == ([(1, ["Müller"])], False)


def test_reads_every_sheet_of_a_workbook_with_its_row_numbers():
    content = workbook([["Number"], [], ["C-1"]], [[7.0, 2.5]])

    first, second = read_rows(content, "book.xlsx")

    assert (first.name, first.rows) == ("Sheet 0", [(1, ["Number"]), (3, ["C-1"])])
    assert second.rows == [(1, ["7", "2.5"])]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b" \r\n", "empty"),
        (b"\x00\x01", "binary"),
        (b'Number\n"C-1\n', "broken_csv"),
        (b"PK\x03\x04 and nothing", "broken_archive"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "encrypted"),
    ],
)
def test_refuses_what_it_cannot_read(content, rule):
    with pytest.raises(Unreadable) as refusal:
        read_rows(content, "x")

    assert refusal.value.rule == rule


def test_refuses_a_large_file_unread(settings):
    settings.INTAKE_MAX_BYTES = 10

    with pytest.raises(Unreadable) as refusal:
        read_rows(b"Number\n" * 10, "x.csv")

    assert refusal.value.rule == "too_big"
