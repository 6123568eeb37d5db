"""Says at the end of a run how many isolation cases there were, and how many leaked."""

from typing import Any

from tests.isolation import registry
from tests.isolation.leaks import INVARIANT, LEAKS

HERE = "tests/isolation/"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A case is a test here, or one elsewhere that the registry or the list of leaks names."""
    named = {test for tests in LEAKS.values() for test in tests} | {INVARIANT} | registry.named()

    def cases(outcome: str) -> int:
        reports = terminalreporter.stats.get(outcome, [])
        ids = [report.nodeid for report in reports if getattr(report, "when", "") != "teardown"]
        return sum(i.startswith(HERE) or i.partition("[")[0] in named for i in ids)

    passed, failed = cases("passed"), cases("failed") + cases("error")
    terminalreporter.write_line(f"isolation: {passed + failed} cases, {failed} leaks")
