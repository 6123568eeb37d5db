"""What a login's answer says, in one word."""

from tests.radius.freeradius.wire import ACCEPT, REJECT, Answer

WRONG = "Login refused: wrong username or password"


def refused(answer: Answer | None, message: str = WRONG) -> bool:
    return answer is not None and (answer.code, answer.message) == (REJECT, message)


def accepted(answer: Answer | None) -> bool:
    return answer is not None and answer.code == ACCEPT
