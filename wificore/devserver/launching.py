"""A supervisor with its guardian for as long as a block runs; whatever happens, all stops."""

from collections.abc import Iterator
from contextlib import contextmanager

from wificore.devserver.console import Console
from wificore.devserver.errors import StopRequested
from wificore.devserver.guardian import Guardian
from wificore.devserver.instance import Instance
from wificore.devserver.supervisor import Supervisor


@contextmanager
def supervised(instance: Instance, lock: int, console: Console) -> Iterator[Supervisor]:
    """Children of this block end with it, even if we are killed.

    A request to stop (Ctrl-C, SIGTERM, SIGHUP) ends the block quietly.

    Args:
        lock: from `Instance.claim`; the guardian holds it until the last child is gone.
    """
    guardian = Guardian(instance.logs / "guardian.log", keep_open=[lock])
    for file in (instance.stack, instance.environment):
        guardian.remove_file(file)
    supervisor = Supervisor(console, instance.logs, guardian)
    try:
        yield supervisor
    except StopRequested as request:
        console.say(f"{request}: stopping")
    finally:
        instance.forget_stack()
        supervisor.stop()
        guardian.close()
