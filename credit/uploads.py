"""Papers as a browser sends them."""

from django.http import HttpRequest

from credit.services.documents import MOST_BYTES, MOST_FILES, Paper


def papers_of(request: HttpRequest) -> list[Paper]:
    """Read the `files` of a form: one more, and one byte more, than allowed is enough to refuse."""
    files = request.FILES.getlist("files")[: MOST_FILES + 1]
    return [Paper(name=file.name or "", content=file.read(MOST_BYTES + 1)) for file in files]
