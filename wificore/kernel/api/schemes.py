"""How the OpenAPI document names the ways to sign in: each authentication class says it itself."""

from typing import Any, ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class Documented:
    """An authentication class that is in the document.

    Attributes:
        scheme_name: its key under `components.securitySchemes`.
        scheme: the security scheme object (OpenAPI 3.0.3, 4.8.27).
    """

    scheme_name: ClassVar[str]
    scheme: ClassVar[dict[str, Any]]


def header_scheme(description: str) -> dict[str, Any]:
    """A keyword and a token in the header Authorization."""
    where = {"type": "apiKey", "in": "header", "name": "Authorization"}
    return {**where, "description": description}


class DocumentedScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Asked by drf-spectacular; goes before what it knows of knox itself."""

    target_class = Documented
    match_subclasses = True
    priority = 1

    @property
    def name(self) -> str:  # type: ignore[override]  # an attribute there, ours depends on the target
        return str(self.target.scheme_name)

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return dict(self.target.scheme)
