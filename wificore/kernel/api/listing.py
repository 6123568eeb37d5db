"""Search, filters, order and CSV of a list, by what its view set names.

search_fields = ("username", "name", "phone")        ?q=amina
filter_fields = {"plan": "plan_id"}                  ?plan=3
order_fields = {"name": "name", "created_at": ..}    ?order=name, ?order=-name; never-null columns
?export=csv                                          all of it as a file, audited
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ..audit import record_read

MAX_SEARCH = 100
MAX_EXPORT = 10_000
SEARCH, ORDER, EXPORT = "q", "order", "export"
# A cell that a spreadsheet would run; a signed number is only a number (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvRenderer(BaseRenderer):
    """For whoever asks for a file; what a list answers by itself stays JSON."""

    media_type = "text/csv"
    charset = "utf-8"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> str:
        return table(data)


class Listing:
    """Mix it into a view set, before its base."""

    search_fields: ClassVar[Sequence[str]] = ()
    filter_fields: ClassVar[Mapping[str, str]] = {}
    order_fields: ClassVar[Mapping[str, str]] = {}
    # Whether the whole list may be had as a file.
    exports: ClassVar[bool] = True
    request: Any
    queryset: Any
    basename: Any
    action: Any

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)  # type: ignore[misc]
        if self.action != "list":
            return rows
        for name, lookup in self.filter_fields.items():
            if (raw := self.request.query_params.get(name)) not in (None, ""):
                rows = rows.filter(**{lookup: self._value(name, lookup, raw)})
        return self._searched(rows)

    def _searched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        text = self.request.query_params.get(SEARCH, "").replace("\0", "").strip()
        if len(text) > MAX_SEARCH:
            raise ApiValidationError({SEARCH: [f"At most {MAX_SEARCH} characters."]})
        if not text or not self.search_fields:
            return rows
        found = [Q(**{f"{name}__icontains": text}) for name in self.search_fields]
        return rows.filter(reduce(or_, found))

    def _value(self, name: str, lookup: str, raw: str) -> Any:
        field = _field(self.queryset.model, lookup)
        try:
            value = _boolean(raw) if isinstance(field, BooleanField) else field.to_python(raw)
            known = [choice for choice, _ in field.flatchoices]
            if known and value not in known:
                raise ValidationError(f"One of {', '.join(map(str, known))}.")
        except ValidationError as error:
            raise ApiValidationError({name: error.messages}) from None
        return value.replace("\0", "") if isinstance(value, str) else value

    @property
    def keyset(self) -> Sequence[str]:
        """What the pages follow: the order asked for, then the number; else the view's own."""
        column = self.order_fields.get(self._order().removeprefix("-"))
        return ("pk",) if column is None else (column, "pk")

    @property
    def rising(self) -> bool:
        return bool(self._order()) and not self._order().startswith("-")

    def _order(self) -> str:
        asked: str = self.request.query_params.get(ORDER, "") if self.order_fields else ""
        if asked and asked.removeprefix("-") not in self.order_fields:
            names = ", ".join(self.order_fields)
            raise ApiValidationError({ORDER: [f"One of {names}; with - in front: falling."]})
        return asked

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = request.query_params.get(EXPORT)
        if asked is None or not self.exports:
            answer: Response = super().list(request, *args, **kwargs)  # type: ignore[misc]
            return answer
        if asked != "csv":
            raise ApiValidationError({EXPORT: ["csv is all there is."]})
        return self._exported()

    def _exported(self) -> Response:
        sign = "" if self.rising else "-"
        rows = self.filter_queryset(self.get_queryset())  # type: ignore[attr-defined]
        page = list(rows.order_by(*(sign + name for name in self.keyset))[: MAX_EXPORT + 1])
        data = self.get_serializer(page[:MAX_EXPORT], many=True).data  # type: ignore[attr-defined]
        record_read(f"{self.basename}.exported", str(self.basename), "list", {"rows": len(data)})
        self.request.accepted_renderer = CsvRenderer()
        answer = Response(data)
        day = timezone.now().date().isoformat()
        answer["Content-Disposition"] = f'attachment; filename="{self.basename}-{day}.csv"'
        answer["Cache-Control"] = "no-store"
        if len(page) > MAX_EXPORT:
            answer["X-Truncated"] = str(MAX_EXPORT)
        return answer


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV with a line of names; safe to open in a spreadsheet, also one on Windows (BOM)."""
    out = io.StringIO()
    out.write("\ufeff")
    if rows:
        writer = csv.writer(out)
        writer.writerow(rows[0].keys())
        writer.writerows([cell(value) for value in row.values()] for row in rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    number = text[1:].isascii() and text[1:].isdigit()
    return f"'{text}" if text.startswith(FORMULA) and not number else text


def parameters(view: Any) -> list[OpenApiParameter]:
    """The query parameters of a list, for OpenAPI."""
    found = [OpenApiParameter(name, str, description="This one.") for name in view.filter_fields]
    if view.search_fields:
        words = ", ".join(view.search_fields)
        found.append(OpenApiParameter(SEARCH, str, description=f"Anywhere in: {words}."))
    if view.order_fields:
        orders = [sign + name for name in view.order_fields for sign in ("", "-")]
        text = "With - in front: falling."
        found.append(OpenApiParameter(ORDER, str, enum=orders, description=text))
    if view.exports:
        text = f"The whole list as a file, up to {MAX_EXPORT:,} rows."
        found.append(OpenApiParameter(EXPORT, str, enum=["csv"], description=text))
    return found


def _field(model: Any, lookup: str) -> Field[Any, Any]:
    found: Any = None
    for part in lookup.split("__"):
        found = (model._meta if found is None else found.related_model._meta).get_field(part)
    target: Field[Any, Any] = getattr(found, "target_field", found)
    return target


def _boolean(raw: str) -> bool:
    values = {"true": True, "1": True, "false": False, "0": False}
    if raw.lower() not in values:
        raise ValidationError("Give true or false.")
    return values[raw.lower()]
