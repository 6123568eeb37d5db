"""Background jobs of the trail."""

from typing import Any

from wificore.jobs.handlers import job_handler
from wificore.jobs.running import JobRun

from .exporting import KIND, export_write


@job_handler(KIND)
def export(run: JobRun) -> dict[str, Any]:
    """Harmless to repeat: the file is written again under the same name."""
    return export_write(run)
