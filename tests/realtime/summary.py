"""Says at the end of a run how many cases of the Pusher protocol there were, and how fast clients
came back when processes were replaced."""

from typing import Any

PROTOCOL = (
    "tests/realtime/sockets/",
    "tests/realtime/stock/",
    "tests/realtime/http/",
)
STOCK = "tests/realtime/stock/"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Cases over real sockets, and how many of them with stock clients; nothing if none ran."""

    def ids(*outcomes: str) -> list[str]:
        reports = [r for outcome in outcomes for r in terminalreporter.stats.get(outcome, [])]
        named = [r.nodeid for r in reports if getattr(r, "when", "") != "teardown"]
        return [name for name in named if name.startswith(PROTOCOL)]

    passed, failed = ids("passed"), ids("failed", "error")
    if passed or failed:
        stock = sum(name.startswith(STOCK) for name in [*passed, *failed])
        terminalreporter.write_line(
            f"realtime: {len(passed) + len(failed)} protocol cases ({stock} with stock clients),"
            f" {len(failed)} failed"
        )
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == "restart":
                terminalreporter.write_line(f"rolling restart of two processes: {value}")
