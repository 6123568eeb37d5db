"""What comes of handing a message over: another try may mend it, or nothing will."""


class NotSent(Exception):
    """The message did not leave.

    Attributes:
        field: the setting at fault, as the API names it; empty: none.
    """

    again = False

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TryAgain(NotSent):
    """The other side is away, or asks for patience."""

    again = True


class Uncertain(NotSent):
    """Nobody knows whether it was taken; another try might cost twice."""


class Refused(NotSent):
    """The other side will not have it, or we may not send it."""
