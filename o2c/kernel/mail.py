"""Mails to people outside: a template in their language, under a Message-ID that never changes.

Call it from `@after` handlers only, outside of any transaction. A mail that is sent again after
a crash carries the same Message-ID, so the recipient's program shows it once.
"""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

from o2c.kernel.company import the_company
from o2c.kernel.ui.figures import Text

# A file's name, content and media type.
Attachment = tuple[str, bytes, str]


def send(
    template: str,
    *,
    to: str,
    subject: Text,
    key: str,
    language: str,
    context: Mapping[str, Any],
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send `templates/<template>.txt`, with `<template>.html` beside it if there is one.

    `key` names the row that the mail is about, such as `dunningnotice-5`. The subject may be a
    lazy text: it is written in the recipient's `language` too.
    """
    company = the_company()
    values = {"company": company, "portal": settings.PUBLIC_URL, **context}
    with translation.override(language):
        message = EmailMultiAlternatives(
            subject=" ".join(str(subject).split()),
            body=get_template(f"{template}.txt").render(values),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            reply_to=[company.email],
            headers={"Message-ID": message_id(key)},
            attachments=list(attachments),
        )
        page = _page(template, values)
    if page:
        message.attach_alternative(page, "text/html")
    message.send()


def message_id(key: str) -> str:
    """Return the Message-ID of a row's mail, at our own domain."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{key}@{address.partition('@')[2] or 'localhost'}>"


def _page(template: str, values: Mapping[str, Any]) -> str:
    try:
        return get_template(f"{template}.html").render(dict(values))
    except TemplateDoesNotExist:
        return ""
