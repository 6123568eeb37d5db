"""URL routes of access on the platform's host: operators and their roles."""

from rest_framework.routers import SimpleRouter

from .people import OperatorViewSet, RoleViewSet

router = SimpleRouter()
router.register("access/users", OperatorViewSet, basename="user")
router.register("access/roles", RoleViewSet, basename="role")

urlpatterns = router.urls
