"""GS1 labels: what scanners type, read and refused; SSCCs made."""

from datetime import date

import pytest
from stdnum import ean

from o2c.kernel.gs1 import BadBarcode, Label, NoPrefix, make_sscc, read_label

GTIN = "04006381333931"


@pytest.mark.parametrize(
    ("scanned", "label"),
    [
        ("VLV-BF-080", Label(text="VLV-BF-080")),
        ("04006381333931", Label(text="04006381333931")),
        (f"01{GTIN}", Label(gtin=GTIN)),
        (f"]C101{GTIN}1727063010A7\x1d3712", Label(gtin=GTIN, lot="A7", count=12)),
        (f"(01){GTIN}(17)270600(10)A7", Label(gtin=GTIN, lot="A7")),
        (f"]d201{GTIN}21SN-1", Label(gtin=GTIN, serial="SN-1")),
        (f"01{GTIN}11260101\x1d21SN-1", Label(gtin=GTIN, serial="SN-1")),
        ("00340123450000000017", Label(sscc="340123450000000017")),
        ("0012345", Label(text="0012345")),
        ("01-PUMP", Label(text="01-PUMP")),
        ("  PX-210\r", Label(text="PX-210")),
    ],
)
def test_reads_what_a_scanner_types(scanned, label):
    read = read_label(scanned)

    day = date(2027, 6, 30) if "17" in scanned and "2706" in scanned else None
    assert read == Label(**{**label.__dict__, "expires_on": day})


@pytest.mark.parametrize(
    ("scanned", "words"),
    [
        ("(01)04006381333932", "check digit of 04006381333932"),
        ("]C1010400638", "cut off"),
        (f"]C101{GTIN}10", "cut off"),
        (f"]C101{GTIN}17271331", "no such day"),
        (f"]C101{GTIN}37x", "cut off or damaged"),
        (f"]C101{GTIN}99abc", r"\(99\)"),
        (f"(01){GTIN}(10", "whole barcode"),
        ("]C1" + "10" + "L" * 21, "cut off"),
        ("]C100" + "٣" * 18, "damaged"),
    ],
)
def test_refuses_damaged_codes_in_words(scanned, words):
    with pytest.raises(BadBarcode, match=words) as refusal:
        read_label(scanned)

    assert refusal.value.field == "code"


@pytest.mark.parametrize(
    ("prefix", "serial", "sscc"),
    [
        ("4012345", 100001, "0401234500010000"),
        ("4012345678", 100001, "0401234567810000"),
        ("4012345678", 1234567, "1401234567823456"),
    ],
)
def test_sscc_has_18_digits_and_a_check_digit(prefix, serial, sscc):
    made = make_sscc(prefix, serial)

    assert (made[:16], len(made)) == (sscc, 18)
    assert made[-1] == ean.calc_check_digit(made[:-1])


@pytest.mark.parametrize("prefix", ["", "123456", "12345678901", "40123x5"])
def test_without_a_company_prefix_no_sscc_is_made(prefix):
    with pytest.raises(NoPrefix, match="no GS1 company prefix"):
        make_sscc(prefix, 1)
