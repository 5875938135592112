"""Credit bureaus: asked about an applicant where the policy wants it and one is connected."""

from credit.bureau.adapter import Bureau, BureauProblem, Subject
from credit.bureau.asking import Answer, ask
from credit.bureau.files import FileBureau

__all__ = ["Answer", "Bureau", "BureauProblem", "FileBureau", "Subject", "ask"]
