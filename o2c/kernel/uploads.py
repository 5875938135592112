"""A file that somebody imports: kept, looked at, and written on a second press, by nobody else.

The address of the second step is sealed. It says which file it is, who has brought it and what
for, so that nobody reads or writes another's table by guessing its number.
"""

from dataclasses import dataclass

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from o2c.kernel import files
from o2c.kernel.models import StoredFile
from o2c.kernel.sheets.shapes import check_size
from o2c.kernel.transactions import service

NAME_LENGTH = 255
MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Upload:
    """A kept file, under the name by which it was brought; `seal` is its address's last part."""

    file: StoredFile
    name: str
    seal: str

    def __str__(self) -> str:
        return self.name


@service
def keep_upload(request: HttpRequest, sent: UploadedFile[bytes], *, purpose: str) -> Upload:
    """Keep a file that was sent for a purpose; the same content is kept once, whoever brings it.

    Raises:
        Unreadable: it is too large.
    """
    check_size(sent.size or 0)
    sent.seek(0)
    name = (sent.name or "")[-NAME_LENGTH:]
    stored = files.store(sent.read(), name=name, media_type=MEDIA_TYPE)
    seal = _signer().sign_object([stored.pk, name, request.user.pk, purpose])
    return Upload(stored, name, seal)


def upload_of(request: HttpRequest, seal: str, *, purpose: str) -> Upload:
    """Return what this person has brought for this purpose.

    Raises:
        Http404: the seal is broken, another's, or of a file that was brought for something else.
    """
    try:
        file_id, name, user_id, what_for = _signer().unsign_object(seal)
    except signing.BadSignature:
        raise Http404 from None
    if (user_id, what_for) != (request.user.pk, purpose):
        raise Http404
    return Upload(get_object_or_404(StoredFile, pk=file_id), name, seal)


def _signer() -> signing.Signer:
    return signing.Signer(salt="o2c.upload", sep=".")
