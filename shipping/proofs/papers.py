"""The paper or picture that shows a delivery: what we open, by what is in it."""

from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from credit.services.documents import BEGINNINGS, MOST_BYTES, shown_name
from o2c.kernel import files
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import StoredFile


def keep_paper(name: str, content: bytes) -> StoredFile:
    """Keep a file that shows a delivery.

    Raises:
        InvalidInput: it is empty, too large, or no PDF, PNG or JPEG, whatever it is called.
    """
    if not content:
        raise InvalidInput(_("The file is empty."), field="file")
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise InvalidInput(_("The file is larger than %(most)s MB.") % {"most": most}, field="file")
    for beginning, (media_type, ending) in BEGINNINGS.items():
        if content.startswith(beginning):
            stem = PurePosixPath(shown_name(name)).stem
            return files.store(content, name=f"{stem}{ending}", media_type=media_type)
    raise InvalidInput(_("Send a PDF, PNG or JPEG."), field="file")
