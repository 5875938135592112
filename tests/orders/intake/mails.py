"""Mails as customers write them."""

from email.message import EmailMessage

BUYER = "buyer@hollis.example"
# What a mail server writes that has found the mail to be from whom it says.
PROVEN = [("Authentication-Results", "mx.kestrel.example; dmarc=pass header.from=hollis.example")]
CSV = b"PO Number,SKU,Quantity\n4711,85123A,6\n4711,71053,2\n"


def mail(
    text="Please see the attachment.",
    *,
    sender=BUYER,
    subject="Order",
    message_id="<one@hollis.example>",
    html="",
    attachments=(),
    headers=(),
):
    """Return a mail; attachments are (name, content) or (name, content, media type)."""
    message = EmailMessage()
    message["From"] = f"Hollis Buying <{sender}>"
    message["To"] = "orders@kestrel.example"
    message["Subject"] = subject
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content, *kind in attachments:
        main, _, sub = (kind[0] if kind else "application/octet-stream").partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes().replace(b"\n", b"\r\n")
