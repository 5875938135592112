"""The picture that a browser asks for where no page names one: beside a PDF of ours."""

from django.contrib.staticfiles import finders
from django.test import Client


def test_leads_to_our_mark_without_signing_in(db):
    answer = Client().get("/favicon.ico")

    assert answer.status_code == 302
    assert finders.find(answer.headers["Location"].removeprefix("/static/")) is not None
