"""Their status codes in our words."""

from typing import Any, NamedTuple

from ...outcome import NotSent, Refused, TryAgain, Uncertain

TAKEN = frozenset({100, 101, 102})  # processed, sent, queued


class Meaning(NamedTuple):
    """What a status code means, and the setting at fault."""

    kind: type[NotSent]
    words: str
    field: str = ""


STATUS = {
    401: Meaning(Refused, "The message is held because of a risk: ask Africa's Talking."),
    402: Meaning(Refused, "This sender id is not registered.", "sender_id"),
    403: Meaning(Refused, "This is no valid phone number.", "to"),
    404: Meaning(Refused, "This kind of number gets no text messages.", "to"),
    405: Meaning(TryAgain, "The account has no credit left."),
    406: Meaning(Refused, "This number wants no messages from this sender.", "to"),
    407: Meaning(TryAgain, "No route to this network at the moment."),
    409: Meaning(Refused, "This number is on a do-not-disturb list.", "to"),
    500: Meaning(TryAgain, "Africa's Talking has an internal error."),
    501: Meaning(TryAgain, "The network's gateway is out of order."),
    502: Meaning(Refused, "The network's gateway rejects the message."),
}


def check_recipient(data: dict[str, Any]) -> str:
    """The id of the one message in `SMSMessageData`.

    Raises:
        TryAgain, Refused, Uncertain: it was not taken.
    """
    recipients = data.get("Recipients")
    if not isinstance(recipients, list) or not recipients or not isinstance(recipients[0], dict):
        # For example "InvalidSenderId": nothing was sent to anybody.
        said = " ".join(str(data.get("Message", "")).split())[:100]
        raise Refused(
            f"Africa's Talking took nothing: {said}",
            field="sender_id" if "sender" in said.lower() else "",
        )
    code = recipients[0].get("statusCode")
    if code in TAKEN:
        return str(recipients[0].get("messageId", ""))[:100]
    meaning = STATUS.get(code) if isinstance(code, int) else None
    if meaning is None:
        raise Uncertain(f"Africa's Talking answers with the status {str(code)[:20]}.")
    raise meaning.kind(meaning.words, field=meaning.field)
