"""What commands accept as arguments. Anything else ends them with exit status 2."""

from argparse import ArgumentTypeError
from collections.abc import Callable

from django.utils.translation import gettext as _

# The exit status of a command that was asked for something that cannot be.
UNUSABLE = 2


def one_line(longest: int) -> Callable[[str], str]:
    """Accept a text of printable characters that is not empty and not longer."""

    def read(text: str) -> str:
        if not text.strip() or not text.isprintable():
            raise ArgumentTypeError(_("it is empty or holds characters that cannot be shown"))
        if len(text) > longest:
            raise ArgumentTypeError(
                _("it has %(length)s characters; at most %(longest)s are allowed")
                % {"length": len(text), "longest": longest}
            )
        return text

    return read


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Accept a whole number between these two."""

    def read(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(highest))
        if not is_number or not lowest <= int(text) <= highest:
            raise ArgumentTypeError(
                _("%(text)s is not a whole number from %(lowest)s to %(highest)s")
                % {"text": repr(text[:20]), "lowest": lowest, "highest": highest}
            )
        return int(text)

    return read
