"""Keyset paging: pages follow the last row seen, never a row number (TENANCY 6).

The cursor also bounds the first ordering column by itself: a row comparison alone would make
PostgreSQL look into the newer partitions again (measured, TENANCY 6).
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

BAD_CURSOR = "This cursor is not one of ours: follow the links in `next` and `previous`."


class KeysetPagination(BasePagination):
    """Newest first over `view.keyset`, the names of one or two descending columns.

    The last column must be unique; with `view.rising` they ascend. Answers {"next", "previous",
    "results"}.
    """

    page_size = 50
    max_page_size = 500
    cursor_param = "cursor"
    size_param = "page_size"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.keyset: Sequence[str] = getattr(view, "keyset", ("id",))
        self.rising: bool = getattr(view, "rising", False)
        self.size = self._size(request)
        self.backward, self.position = self._read_cursor(request)
        rows = list(self._ordered(self._after(queryset))[: self.size + 1])
        self.has_more = len(rows) > self.size
        page = rows[: self.size]
        self.page = page[::-1] if self.backward else page
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self._next(), "previous": self._previous()}
        return Response({**links, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        required = ["next", "previous", "results"]
        return {"type": "object", "required": required, "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(self.cursor_param, "The cursor of a `next` or `previous` link.", "string"),
            _parameter(self.size_param, f"Rows a page, 1 to {self.max_page_size}.", "integer"),
        ]

    def _size(self, request: Request) -> int:
        raw = request.query_params.get(self.size_param)
        if raw is None:
            return self.page_size
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= self.max_page_size:
            message = f"Give a whole number from 1 to {self.max_page_size}."
            raise ApiValidationError({self.size_param: [message]})
        return int(raw)

    def _read_cursor(self, request: Request) -> tuple[bool, list[Any] | None]:
        raw = request.query_params.get(self.cursor_param)
        if raw is None:
            return False, None
        try:
            backward, *position = json.loads(base64.urlsafe_b64decode(raw.encode()))
        except (binascii.Error, ValueError, TypeError):
            raise ApiValidationError({self.cursor_param: [BAD_CURSOR]}) from None
        if not isinstance(backward, bool) or not _fits(position, self.keyset):
            raise ApiValidationError({self.cursor_param: [BAD_CURSOR]})
        return backward, position

    def _after(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.position is None:
            return queryset
        try:
            return queryset.filter(self._beyond(self.position))
        except (ValueError, TypeError, ValidationError, FieldError):
            raise ApiValidationError({self.cursor_param: [BAD_CURSOR]}) from None

    def _beyond(self, position: list[Any]) -> Q:
        side = "gt" if self.backward != self.rising else "lt"
        if len(self.keyset) == 1:
            return Q(**{f"{self.keyset[0]}__{side}": position[0]})
        first, last = self.keyset
        bound = Q(**{f"{first}__{side}e": position[0]})
        strictly = Q(**{f"{first}__{side}": position[0]})
        tie = Q(**{first: position[0], f"{last}__{side}": position[1]})
        return bound & (strictly | tie)

    def _ordered(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        sign = "" if self.backward != self.rising else "-"
        return queryset.order_by(*(f"{sign}{name}" for name in self.keyset))

    def _next(self) -> str | None:
        exists = self.page and (self.backward or self.has_more)
        return self._link(backward=False, row=self.page[-1]) if exists else None

    def _previous(self) -> str | None:
        exists = self.page and (self.has_more if self.backward else self.position is not None)
        return self._link(backward=True, row=self.page[0]) if exists else None

    def _link(self, *, backward: bool, row: Model) -> str:
        position = [_plain(getattr(row, name)) for name in self.keyset]
        raw = json.dumps([backward, *position], separators=(",", ":")).encode()
        url = remove_query_param(self.request.build_absolute_uri(), self.cursor_param)
        cursor = base64.urlsafe_b64encode(raw).decode()
        return replace_query_param(url, self.cursor_param, cursor)


def _fits(position: list[Any], keyset: Sequence[str]) -> bool:
    """As many values as columns, each one text without NUL or a number."""
    texts = [value for value in position if isinstance(value, str)]
    scalars = all(isinstance(value, str | int) for value in position)
    return len(position) == len(keyset) and scalars and not any("\0" in text for text in texts)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _parameter(name: str, description: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": kind},
    }
