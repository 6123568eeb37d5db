"""URL routes of the trail, under /api/v1/ and, on the platform's host, /api/platform/."""

from rest_framework.routers import SimpleRouter

from .views import EntryViewSet, ExportViewSet

router = SimpleRouter()
router.register("audit/exports", ExportViewSet, basename="audit-export")
router.register("audit", EntryViewSet, basename="audit")

urlpatterns = router.urls
