"""Background work of the RADIUS domain."""

from wificore.jobs.handlers import job_handler
from wificore.jobs.running import JobRun

from .imports.services import KIND, import_run
from .vouchers.selectors import batch_get
from .vouchers.services import KIND as FILL
from .vouchers.services import voucher_batch_fill


@job_handler(KIND, code="radius.subscriber.import")
def import_subscribers(run: JobRun) -> None:
    """A CSV file of subscribers (radius/imports)."""
    import_run(number=run.params["import"], ending=run)


@job_handler(FILL, code="radius.voucher.manage")
def fill_voucher_batch(run: JobRun) -> None:
    """The codes of a large batch (radius/vouchers)."""
    batch = batch_get(batch=run.params["batch"])
    if batch is not None:
        voucher_batch_fill(batch=batch, progress=run.progress)
