import pytest

from o2c.kernel.barcodes import code_128


@pytest.mark.parametrize("text", ["PL-1001", "L 7/~", "x" * 40])
def test_draws_what_a_scanner_can_type(text):
    assert code_128(text).startswith("<svg")


@pytest.mark.parametrize("text", ["", "Größe", "L-7€", "L\t7", "L-7\n", "L\x7f", "\xf1L-7"])
def test_draws_nothing_for_what_code_128_cannot_carry(text):
    assert code_128(text) == ""
