"""Papers for an application, from the customer or from one of us, kept as they came."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from credit.models import CreditApplication, CreditDocument
from credit.services.decisions import locked_application, receive_documents
from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.models import StoredFile
from o2c.kernel.transactions import service

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
MOST_DOCUMENTS = 50
LONGEST_NAME = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a file is, by how it begins: what it is called says nothing.
BEGINNINGS = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
}
HARMLESS = re.compile(r"[^\w .,()+-]+")


class NoDocumentsAsked(DomainError):
    """The application waits for no documents."""

    code = "no_documents_asked"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A file as it was sent; `name` is what the sender calls it."""

    name: str
    content: bytes


@service
def hand_in(
    application_id: int, *, papers: Sequence[Paper], at: datetime, actor: Actor
) -> CreditApplication:
    """Keep what was asked for and have the application looked at again.

    A paper that is here already is not kept twice.

    Raises:
        Customer.DoesNotExist: no such application.
        NoDocumentsAsked: it is decided, or waits for nothing.
        InvalidInput: no file, too many, one too large, empty or of a kind that we do not open.
    """
    application = locked_application(application_id)
    if application.state != CreditApplication.State.AWAITING_DOCUMENTS:
        raise NoDocumentsAsked(_("We wait for no documents from you. Ask us if you have some."))
    _keep(application, papers, at=at, actor=actor)
    return receive_documents(application_id, at=at, actor=actor)


@service
def add_documents(
    application_id: int, *, papers: Sequence[Paper], at: datetime, actor: Actor
) -> CreditApplication:
    """Keep papers that came to one of us, such as by post; the case stays where it is.

    A paper that is here already is not kept twice.

    Raises:
        Customer.DoesNotExist: no such application.
        NoDocumentsAsked: it is decided.
        InvalidInput: no file, too many, one too large, empty or of a kind that we do not open.
    """
    application = locked_application(application_id)
    if application.state not in CreditApplication.WAITING:
        message = _("%(application)s is decided: a paper can change nothing any more.")
        raise NoDocumentsAsked(message % {"application": application})
    _keep(application, papers, at=at, actor=actor)
    return application


def _keep(
    application: CreditApplication, papers: Sequence[Paper], *, at: datetime, actor: Actor
) -> None:
    known = dict(application.documents.values_list("file_id", "pk"))
    _ensure_count(len(papers), known=len(known))
    kept = [_kept(paper) for paper in papers]
    documents = {
        file.pk: CreditDocument(
            application=application, file=file, name=name, uploaded_at=at, uploaded_by=actor.name
        )
        for file, name in kept
        if file.pk not in known
    }
    CreditDocument.objects.bulk_create(documents.values())
    for document in documents.values():
        touches = [f"customer:{application.customer_id}"]
        changes = {"document": ("", document.name)}
        audit.record(
            application.label, "upload", at=at, actor=actor, changes=changes, touches=touches
        )


def kind_of(paper: Paper) -> tuple[str, str]:
    """Return media type and ending by what is in a file.

    Raises:
        InvalidInput: it is empty, too large, or nothing that we open.
    """
    names = {"name": shown_name(paper.name), "most": MOST_BYTES // 1024 // 1024}
    if not paper.content:
        raise InvalidInput(_("%(name)s is empty.") % names, field="files")
    if len(paper.content) > MOST_BYTES:
        raise InvalidInput(_("%(name)s is larger than %(most)s MB.") % names, field="files")
    for beginning, kind in BEGINNINGS.items():
        if paper.content.startswith(beginning):
            return kind
    if _is_workbook(paper.content):
        return XLSX, ".xlsx"
    message = _("%(name)s is no PDF, PNG, JPEG or Excel file. Send it as one of these.")
    raise InvalidInput(message % names, field="files")


def _is_workbook(content: bytes) -> bool:
    """Say whether it is an Excel workbook without macros."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (BadZipFile, ValueError, NotImplementedError):
        return False
    return "xl/workbook.xml" in names and not any("vbaProject" in name for name in names)


def shown_name(name: str) -> str:
    """Return a name without folders and without signs that mean something to a browser."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return HARMLESS.sub("_", last).strip(" .")[:LONGEST_NAME] or _("document")


def _kept(paper: Paper) -> tuple[StoredFile, str]:
    media_type, ending = kind_of(paper)
    name = f"{PurePosixPath(shown_name(paper.name)).stem}{ending}"
    return files.store(paper.content, name=name, media_type=media_type), name


def _ensure_count(count: int, *, known: int) -> None:
    if not count:
        raise InvalidInput(_("Choose a file first."), field="files")
    if count > MOST_FILES:
        message = _("Send %(most)s files at a time at most.") % {"most": MOST_FILES}
        raise InvalidInput(message, field="files")
    if known + count > MOST_DOCUMENTS:
        message = _("We keep %(most)s papers of an application at most. Send the others by mail.")
        raise InvalidInput(message % {"most": MOST_DOCUMENTS}, field="files")
