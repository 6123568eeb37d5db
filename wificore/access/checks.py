"""The question that everything asks: may whoever sent this request do that?

Every denial and every allowed use of a high risk is audited with its reason.
"""

from typing import Any

from django.db import connections, transaction
from django.db.models import Q, QuerySet

from wificore.kernel.audit import record

from .codes import CODES, Risk
from .decide import NO_RECORD, Decision, Record, Subject, decide, sees_every_site
from .models import ApiToken

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(request: Any) -> ApiToken | None:
    """The API token that the request came with."""
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, ApiToken) else None


def ask(request: Any, code: str, subject_of: Record = NO_RECORD) -> Decision:
    """What `decide` says to this request's user and token; the answer is audited if it matters."""
    return asked(request, code, decide(request.user.subject(), token_of(request), code, subject_of))


def asked(request: Any, code: str, decision: Decision) -> Decision:
    """An answer that `decide` gave elsewhere, for this request; audited like one of `ask`."""
    if not decision.allowed or (_is_high(code) and request.method not in SAFE):
        _audit(code, decision, request.method, request.path)
    return decision


def may(request: Any, code: str, site: int | None = None) -> bool:
    """The same, to shape a page by: not audited. Fills `kernel.rights`."""
    return decide(request.user.subject(), token_of(request), code, Record(site=site)).allowed


def allowed(request: Any, code: str, subject_of: Record = NO_RECORD) -> bool:
    return ask(request, code, subject_of).allowed


def _is_high(code: str) -> bool:
    return code in CODES and CODES[code].risk == Risk.HIGH


def _audit(code: str, decision: Decision, method: str, path: str) -> None:
    action = "access.allowed" if decision.allowed else "access.denied"
    # JSON in PostgreSQL holds no NUL, which a path may.
    request = f"{method} {path}".replace("\0", "")[:300]
    new = {"reason": decision.reason, "rule": decision.rule, "request": request}
    # A connection of its own when a transaction is open: a denial takes it back.
    using = "progress" if connections["default"].in_atomic_block else "default"
    with transaction.atomic(using=using):
        record(action, "permission", code, None, new, using=using)


def visible(rows: QuerySet[Any], subject: Subject, field: str = "site") -> QuerySet[Any]:
    """The rows without a site, and those whose site is in the subject's scope."""
    if sees_every_site(subject):
        return rows
    own = Q(**{f"{field}__in": subject.sites}) | Q(**{f"{field}__isnull": True})
    return rows.filter(own)
