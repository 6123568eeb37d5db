"""OpenAPI: each guarded operation carries its permission code as `x-permission`, and the
idempotency header where it is honoured."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from wificore.kernel.api import idempotency, listing

from .permissions import SIGNED_IN, HasCode, required_code


class CodeSchema(AutoSchema):
    """drf-spectacular's view inspector with our extension."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation and HasCode in self.view.permission_classes:
            code = required_code(self.view, self.method)
            if code != SIGNED_IN:
                operation["x-permission"] = code
        return operation

    def get_override_parameters(self) -> list[Any]:
        listed = isinstance(self.view, listing.Listing) and self.view.action == "list"
        return [
            *super().get_override_parameters(),
            *(listing.parameters(self.view) if listed else ()),
            *idempotency.parameters(self.view, self.method),
        ]
