"""OpenAPI: each guarded operation carries its permission code as `x-permission`."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

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
