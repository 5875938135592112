"""What the launcher refuses, each in one line that says what to do."""


class CannotRun(Exception):
    """A step failed; the message is all that a person needs to read."""
