"""URL routes of jobs, under /api/v1/ on a tenant's host and /api/platform/ on the platform's."""

from rest_framework.routers import SimpleRouter

from .views import JobViewSet

router = SimpleRouter()
router.register("jobs", JobViewSet, basename="job")

urlpatterns = router.urls
