"""Bodies as Daraja posts and answers them; the published ones in the tests are the oracle."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import mapping

Json = dict[str, Any]
DONE = "The service request is processed successfully."


def stk_success(ids: Mapping[str, str], receipt: str, amount: str, phone: str) -> Json:
    """The callback of a prompt that was paid."""
    items = [
        {"Name": "Amount", "Value": float(amount)},
        {"Name": "MpesaReceiptNumber", "Value": receipt},
        {"Name": "TransactionDate", "Value": int(_moment())},
        {"Name": "PhoneNumber", "Value": int(phone)},
    ]
    inner = {**ids, "ResultCode": 0, "ResultDesc": DONE, "CallbackMetadata": {"Item": items}}
    return {"Body": {"stkCallback": inner}}


def stk_failure(ids: Mapping[str, str], code: str, text: str) -> Json:
    """The callback of a prompt that was not paid."""
    return {"Body": {"stkCallback": {**ids, "ResultCode": int(code), "ResultDesc": text}}}


def confirmation(receipt: str, shortcode: str, phone: str, amount: str, account: str) -> Json:
    """A C2B confirmation, with the number masked as Safaricom does."""
    return {
        "TransactionType": "Pay Bill",
        "TransID": receipt,
        "TransTime": _moment(),
        "TransAmount": f"{float(amount):.2f}",
        "BusinessShortCode": shortcode,
        "BillRefNumber": account,
        "InvoiceNumber": "",
        "OrgAccountBalance": "49197.00",
        "ThirdPartyTransID": "",
        "MSISDN": mapping.masked(phone),
        "FirstName": "John",
        "MiddleName": "",
        "LastName": "Doe",
    }


def reversal_result(conversation: str, receipt: str, amount: str) -> Json:
    """The result of a reversal that was done."""
    parameters = {
        "DebitAccountBalance": "Utility Account|KES|7722179.62|7722179.62|0.00|0.00",
        "Amount": float(amount),
        "TransCompletedTime": int(_moment()),
        "OriginalTransactionID": receipt,
        "Charge": 0.0,
        "CreditPartyPublicName": "254705912645 - NICHOLAS JOHN SONGOK",
        "DebitPartyPublicName": "600992 - Safaricom Daraja 992",
    }
    rows = [{"Key": key, "Value": value} for key, value in parameters.items()]
    about = {"Key": "QueueTimeoutURL", "Value": "https://internalsandbox.example/result"}
    result = {
        "ResultType": 0,
        "ResultCode": 0,
        "ResultDesc": DONE,
        "OriginatorConversationID": conversation,
        "ConversationID": "AG_20211114_201018edbbf9f1582eaa",
        "TransactionID": "SKE52PAWR9",
        "ResultParameters": {"ResultParameter": rows},
        "ReferenceData": {"ReferenceItem": about},
    }
    return {"Result": result}


def pulled_row(receipt: str, phone: str, amount: str, account: str) -> Json:
    """One row of a pull."""
    return {
        "transactionId": receipt,
        "trxDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "msisdn": int(phone),
        "sender": "UAT2",
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": account,
        "amount": f"{float(amount):.2f}",
        "organizationname": "Daraja Pull API Test",
    }


def _moment() -> str:
    return mapping.stamp(datetime.now(UTC))
