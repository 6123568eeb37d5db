"""Verifies a schema's trail: the chain first, then day by day the rows that it speaks of.

found = Report(schema)
work = plan(retention)
for day in work.run(found):    # each day as it is done, for a progress bar
    ...
found.findings                 # what was tampered with, in words
"""

from .report import Finding, Report
from .retention import Retention, retention_of
from .walk import Plan, plan

__all__ = ["Finding", "Plan", "Report", "Retention", "plan", "retention_of"]
