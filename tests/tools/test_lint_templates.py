import pytest

from tools.lint_templates import Finding, main, untranslated


@pytest.mark.parametrize(
    "source",
    [
        "<h1>{% translate 'Orders' %}</h1>",
        "<p>{% blocktranslate count n=n %}one\n{% plural %}many{% endblocktranslate %}</p>",
        "<p>{# a note #}{% comment %}more <b>notes</b>{% endcomment %}</p>",
        '<a title="{% translate "Open" %}" class="button wide">{{ order }}</a>',
        "<p><code>ORDERS<br>D96A</code> · 5 %</p>",
        '<p translate="no">EAN <b>and</b> UPC</p>',
        '{% block body_attributes %}class="portal"{% endblock %}',
        "<script>const a = 'text';</script><style>p { color: red }</style>",
    ],
)
def test_accepts_what_a_translator_reaches(source):
    assert untranslated(source) == []


def test_finds_text_with_its_line():
    source = "{% comment %}\n\n{% endcomment %}\n<p>\n  Add an order\n</p>"

    assert untranslated(source) == [Finding(5, "Add an order")]


def test_finds_attributes_that_people_read():
    source = '<input placeholder="Search">\n<img alt="Logo">'

    assert untranslated(source) == [Finding(1, "Search"), Finding(2, "Logo")]


def test_finds_text_after_a_silent_element():
    source = "<code>x</code><span translate='no'>AB<br></span><b>Total</b>"

    assert untranslated(source) == [Finding(1, "Total")]


def test_reports_each_file_and_fails(tmp_path, capsys):
    (tmp_path / "mail.txt").write_text("Dear customer,\n")
    (tmp_path / "good.html").write_text("<p>{{ name }}</p>")

    status = main([str(tmp_path)])

    assert status == 1
    assert capsys.readouterr().out == f"{tmp_path}/mail.txt:1: not translated: Dear customer,\n"


def test_is_content_with_good_templates(tmp_path, capsys):
    (tmp_path / "good.html").write_text("<p>{{ name }}</p>")

    status = main([str(tmp_path)])

    assert (status, capsys.readouterr().out) == (0, "")
