"""/api/v1/kiosk/: what kiosks ask and report, signed (docs/water.md)."""

import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from .. import acks
from ..answers import Result
from ..authorising import Question, authorise
from ..booking import book
from ..commands import commands
from ..errors import Invalid
from ..health import health_note
from ..models import Kiosk
from ..records import numbered
from ..signals.heard import heard
from .device_shapes import (
    HEADERS,
    AnswerSerializer,
    AuthorisedSerializer,
    AuthoriseSerializer,
    RecordsSerializer,
    TimeSerializer,
)
from .envelope import DeviceView, document

MAX_RECORDS = 100
MAX_KEY, MAX_TAG, MAX_ML = 100, 64, 10**9
MAX_TTL_S, TTL_S = 3600, 600
KEY = re.compile(rf"[ -~]{{1,{MAX_KEY}}}")


class TimeView(DeviceView):
    """For a device that has no clock yet: `X-Ts` may be anything."""

    @extend_schema(parameters=HEADERS, responses=TimeSerializer)
    def get(self, request: Request) -> HttpResponse:
        with self.signed(request, any_time=True):
            unix = int(time.time())
            moment = datetime.fromtimestamp(unix, UTC).isoformat().replace("+00:00", "Z")
        return _json(json.dumps({"unix": unix, "time": moment}))


class AuthoriseView(DeviceView):
    """May water run, and how much?"""

    @extend_schema(parameters=HEADERS, request=AuthoriseSerializer, responses=AuthorisedSerializer)
    def post(self, request: Request) -> HttpResponse:
        with self.signed(request) as (kiosk, body):
            asked = document(body)
            return _json(authorise(kiosk, _question(asked), asked))


class RecordsView(DeviceView):
    """What was dispensed; each record is booked once, whatever happens to the others."""

    @extend_schema(parameters=HEADERS, request=RecordsSerializer, responses=AnswerSerializer)
    def post(self, request: Request) -> HttpResponse:
        with self.signed(request) as (kiosk, body):
            sent = document(body)
            records = _records(sent)
            results = book(kiosk, records) if records else []
            health = health_note(kiosk, sent.get("health"))
            heard(kiosk, health)
            return _json(_answer(kiosk, records, results, health))


def _records(sent: dict[str, Any]) -> list[Any]:
    records = sent.get("records")
    if not isinstance(records, list):
        raise Invalid("Send a list of records.", field="records")
    if len(records) > MAX_RECORDS:
        raise Invalid(f"At most {MAX_RECORDS} records at once.", field="records")
    return records


def _answer(
    kiosk: Kiosk, records: Sequence[Any], results: Sequence[Result], health: dict[str, Any]
) -> str:
    """The parts of `results` leave as they were stored, byte for byte."""
    known = [record for record in map(numbered, records) if record is not None]
    reached = acks.acks(kiosk, {record.epoch for record in known})
    items = ",".join(result.item for result in results)
    told = json.dumps(commands(kiosk, health), separators=(",", ":"))
    through = json.dumps(reached, separators=(",", ":"))
    return f'{{"results":[{items}],"ack_through":{through},"cmds":{told}}}'


def _question(asked: dict[str, Any]) -> Question:
    return Question(
        key=_key(asked.get("idempotency_key")),
        tag=_tag(asked.get("tag")),
        max_ml=_whole(asked, "max_ml", MAX_ML),
        ttl_s=_whole({"ttl_s": TTL_S, **asked}, "ttl_s", MAX_TTL_S),
    )


def _key(value: Any) -> str:
    if isinstance(value, str) and KEY.fullmatch(value):
        return value
    message = f"Give 1 to {MAX_KEY} printable ASCII characters."
    raise Invalid(message, field="idempotency_key")


def _tag(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= MAX_TAG:
        return value
    raise Invalid(f"Give 1 to {MAX_TAG} characters.", field="tag")


def _whole(asked: dict[str, Any], name: str, most: int) -> int:
    value = asked.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most:
        return value
    raise Invalid(f"Give a whole number from 1 to {most}.", field=name)


def _json(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json")
