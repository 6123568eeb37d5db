"""Background work of the RADIUS domain."""

from wificore.jobs.handlers import job_handler
from wificore.jobs.running import JobRun

from .imports.services import KIND, import_run


@job_handler(KIND, code="radius.subscriber.import")
def import_subscribers(run: JobRun) -> None:
    """A CSV file of subscribers (radius/imports)."""
    import_run(number=run.params["import"], ending=run)
