"""What cannot be done, for a reason that the person can understand."""

from __future__ import annotations


class RefusedError(Exception):
    """Something that was asked for cannot be done, for a reason that the person can understand.

    Attributes:
        sentence: one sentence that says what to do.
        cause: what was found, for the log.
    """

    def __init__(self, sentence: str, cause: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cause = cause
