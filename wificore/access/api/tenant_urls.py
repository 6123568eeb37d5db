"""URL routes of access on tenants' hosts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from .files import AvatarView, LogoView
from .organisation import (
    AlertRouteViewSet,
    AssignmentViewSet,
    DepartmentViewSet,
    PositionViewSet,
    SettingsView,
    SiteViewSet,
)
from .people import RoleViewSet, UserViewSet
from .rights import ExplainView, PermissionsView
from .search import SearchView

router = SimpleRouter()
router.register("access/users", UserViewSet, basename="user")
router.register("access/roles", RoleViewSet, basename="role")
router.register("access/departments", DepartmentViewSet, basename="department")
router.register("access/positions", PositionViewSet, basename="position")
router.register("access/assignments", AssignmentViewSet, basename="assignment")
router.register("access/alert-routes", AlertRouteViewSet, basename="alert-route")
router.register("sites", SiteViewSet, basename="site")

urlpatterns = [
    path("access/permissions/", PermissionsView.as_view(), name="permissions"),
    path("access/explain/", ExplainView.as_view(), name="explain"),
    path("search/", SearchView.as_view(), name="search"),
    path("me/avatar/", AvatarView.as_view(), name="my-avatar"),
    path("settings/logo/", LogoView.as_view(), name="settings-logo"),
    path("settings/", SettingsView.as_view(), name="settings"),
    *router.urls,
]
