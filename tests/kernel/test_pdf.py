"""PDFs: a page brings what it needs with it, whatever its texts ask for."""

import io
import subprocess
import sys

import pytest
from pypdf import PdfReader

from o2c.kernel import pdf

SECRET = "file:///etc/passwd"


@pytest.mark.parametrize("address", [SECRET, "http://localhost/", "ftp://host/x"])
def test_opens_no_address(address):
    with pytest.raises(ValueError, match="disallowed protocol"):
        pdf.nothing_but_data().fetch(address)


def test_leaves_out_what_a_page_asks_for():
    page = f'<link rel="attachment" href="{SECRET}"><img src="{SECRET}"><p>Dear customer</p>'

    document = PdfReader(io.BytesIO(pdf.render(page, style="o2c/label.css")))

    assert document.pages[0].extract_text() == "Dear customer"
    assert document.attachments == {}


def test_is_not_loaded_before_it_is_needed():
    """The maker takes longer to load than all the rest: web and commands start without it."""
    code = "import django, sys; django.setup(); sys.exit('weasyprint' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0
