"""The reader of MySQL dumps."""

import pytest

from acceptance.dump import BrokenDump, decode, read_dump


def test_reads_each_table_by_column_name():
    text = """
        CREATE TABLE `orders` (`number` int, `note` text DEFAULT 'a; (b)');
        insert  into `orders`(`number`,`note`) values
        (10100,'quick'),
        (10101,NULL);
        INSERT INTO `orders` (`number`, `note`) VALUES (10102, 'NULL');
        INSERT INTO `payments` (`amount`) VALUES ('-6066.78');
    """

    tables = read_dump(text)

    assert tables == {
        "orders": [
            {"number": "10100", "note": "quick"},
            {"number": "10101", "note": None},
            {"number": "10102", "note": "NULL"},
        ],
        "payments": [{"amount": "-6066.78"}],
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"'La Corne D\'abondance, Co.'", "La Corne D'abondance, Co."),
        ("'Men ''R'' US'", "Men 'R' US"),
        (r"'two\r\nlines'", "two\r\nlines"),
        (r"'C:\\new\%'", "C:\\new%"),
        ("'one); (two'", "one); (two"),
        ("'/* no comment */ -- none #'", "/* no comment */ -- none #"),
        ('"double ""quoted"""', 'double "quoted"'),
        ("''", ""),
        ("1e3", "1e3"),
    ],
)
def test_reads_a_value_as_mysql_does(written, meant):
    tables = read_dump(f"INSERT INTO `t` (`v`) VALUES ({written});")

    assert tables == {"t": [{"v": meant}]}


def test_passes_over_comments_and_other_statements():
    text = """
        /*!40101 SET NAMES utf8 */;
        -- INSERT INTO `t` (`v`) VALUES (1);
        # INSERT INTO `t` (`v`) VALUES (2);
        UPDATE `t` SET `v` = 3;
        INSERT INTO `t` (`v`) VALUES /* here */ (4);
    """

    assert read_dump(text) == {"t": [{"v": "4"}]}


def test_names_the_line_of_a_string_without_end():
    with pytest.raises(BrokenDump, match="line 2: "):
        read_dump("INSERT INTO `t` (`v`) VALUES (\n'open);")


def test_refuses_a_row_that_does_not_fit():
    with pytest.raises(BrokenDump, match="t: 1 values for 2 columns"):
        read_dump("INSERT INTO `t` (`a`, `b`) VALUES (1);")


@pytest.mark.parametrize(
    "content", ["Luleå".encode(), b"\xef\xbb\xbf" + "Luleå".encode(), "Luleå".encode("latin-1")]
)
def test_reads_utf8_and_latin1(content):
    assert decode(content) == "Luleå"
