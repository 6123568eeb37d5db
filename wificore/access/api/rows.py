"""What this app's lists share, and how another app's list keeps to its user's sites."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

from wificore.kernel.api.rows import RowViewSet

from ..checks import ask, visible
from ..decide import Record
from ..guard import By, NotYours, writer
from ..models import Site
from ..rows import Invalid
from .permissions import required_code


class AccessViewSet(RowViewSet):
    """Rows of access: services are told who writes, so that nobody gives what it lacks."""

    http_method_names = ["get", "head", "options", "post", "patch", "delete"]

    @property
    def by(self) -> By:
        return writer(self.request)


def filled(serializer: BaseSerializer[Any], *, without: tuple[str, ...] = ()) -> Any:
    """The row as the request wants it, new or changed, not stored."""
    row = serializer.instance or serializer.Meta.model()  # type: ignore[attr-defined]
    for name, value in serializer.validated_data.items():
        if name not in without:
            setattr(row, name, value)
    return row


class SiteScope:
    """Mix it into a view set whose rows lie at a site.

    A list shows the rows at the user's sites and those without one, a URL of any other row is
    404, and nothing is written to a site out of scope.

    Attributes:
        scope_field: the column with the site's id, which the serializer calls `site`.
    """

    scope_field = "site_id"
    request: Any

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()  # type: ignore[misc]  # the view set's
        return visible(rows, self.request.user.subject(), self.scope_field)

    def check_site(self, site: int | None) -> None:
        """Raises Invalid: there is no such site; NotYours: it is out of the user's scope."""
        if site is None:
            return
        if not Site.objects.filter(pk=site).exists():
            raise Invalid(f"There is no site {site}.", field="site")
        code = required_code(self, str(self.request.method))
        decision = ask(self.request, code, Record(site=site))
        if not decision.allowed:
            raise NotYours(f"You may not do this here: {decision.rule}.", field="site")
