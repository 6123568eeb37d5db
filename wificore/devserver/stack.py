"""What `make run` starts, in which order, and when it is ready."""

import http.client
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from wificore.devserver import binaries, credentials, summary, web_client
from wificore.devserver.child import Spec
from wificore.devserver.config import LOOPBACK, Config, require_free
from wificore.devserver.console import Console
from wificore.devserver.environment import PLATFORM_HOST, Environments
from wificore.devserver.instance import Instance, write_atomically, write_json
from wificore.devserver.launching import supervised
from wificore.devserver.servers import Servers
from wificore.devserver.supervisor import Supervisor

READY_SECONDS = 90.0
# The line by which our own processes say that they work.
READY = r"\bready\b"
# Workers need not know of each other: what they share is in Redis and PostgreSQL.
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
WORKER = ("worker", "-n", "worker@%h", "-Q", "default", "-c", "2", *ALONE)
WORKER_OUTBOUND = ("worker", "-n", "worker-outbound@%h", "-Q", "outbound", "-c", "2", *ALONE)
WORKER_DDL = ("worker", "-n", "worker-ddl@%h", "-Q", "ddl", "-c", "1", *ALONE)
NO_FREERADIUS = (
    "FreeRADIUS is not installed: no router can log in and the simulator stays off; "
    "everything else runs (Debian: apt-get install freeradius freeradius-postgresql)"
)


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [sys.executable, "manage.py", *arguments]


def _celery(name: str, environment: Mapping[str, str], *arguments: str) -> Spec:
    """One of Celery's processes; work that it leaves behind when it dies is taken up again."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "wificore.celery", *arguments]
    return Spec(name, command, environment, ready_line=READY, restarts=True)


class Stack:
    """All processes of one configuration."""

    def __init__(self, config: Config, instance: Instance, console: Console) -> None:
        self.config = config
        self.instance = instance
        self.console = console
        secrets = credentials.load_or_create(config.var)
        self.servers = Servers(config, secrets)
        self.environments = Environments(config, secrets, self.servers.urls, self.servers.redis_url)

    def up(self, supervisor: Supervisor) -> None:
        """Start everything; returns when all of it is ready and stack.json is written."""
        self._build_web_client(supervisor)
        self.servers.start(supervisor, self.console)
        self.load(supervisor)
        radius = self.environments.radius()
        supervisor.run(Spec("render", manage("freeradius_render"), radius, may_finish=True))
        self._start_ours(supervisor)
        if program := binaries.freeradius():
            self._start_freeradius(supervisor, program)
        else:
            self.console.say(NO_FREERADIUS)
        if self.config.simulator:
            supervisor.start(self._kiosks())
        self.write_stack(supervisor)
        self.console.plain(summary.table(self.read_stack()))
        self.console.plain("ready")

    def load(self, supervisor: Supervisor) -> None:
        """Migrations and demo data, with the owner's login that no server process gets."""
        owner = self.environments.owner()
        out = self.config.var / "demo.json"
        out.touch(mode=0o600)  # it holds passwords
        supervisor.run(Spec("migrate", manage("migrate"), owner, may_finish=True))
        supervisor.run(Spec("demo", manage("demo", "--out", str(out)), owner, may_finish=True))

    def _build_web_client(self, supervisor: Supervisor) -> None:
        if web_client.present() and not web_client.up_to_date():
            self.console.say("building the web client")
            build = [sys.executable, "-m", "wificore.devserver.web_client", "build"]
            plain = self.environments.plain()
            supervisor.run(Spec("web-client", build, plain, may_finish=True))

    def write_stack(self, supervisor: Supervisor) -> None:
        """The public contract: what runs, where, and the demo's logins."""
        demo = json.loads((self.config.var / "demo.json").read_text())
        lines = [f"{name}={value}\n" for name, value in self.environments.commands().items()]
        write_atomically(self.instance.environment, "".join(lines))
        write_json(self.instance.stack, {**self._addresses(supervisor), **demo})

    def read_stack(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.instance.stack.read_text())
        return content

    def _addresses(self, supervisor: Supervisor) -> dict[str, Any]:
        ports = self.config.ports
        return {
            "web": {"url": self.config.web_url},
            "metrics": {"url": f"http://{LOOPBACK}:{ports['METRICS_PORT']}"},
            "websocket": {"host": LOOPBACK, "port": ports["REALTIME_PORT"]},
            "radius": {
                "host": LOOPBACK,
                "auth_port": ports["RADIUS_AUTH_PORT"],
                "acct_port": ports["RADIUS_ACCT_PORT"],
            },
            "postgres": {"dsn": self.servers.superuser_dsn()},
            "redis": {"url": self.servers.redis_url},
            "sms": {"url": f"http://{LOOPBACK}:{ports['SMS_SIMULATOR_PORT']}"},
            "ports": dict(ports),
            "launcher": {"pid": os.getpid()},
            "processes": supervisor.pids(),
            "var": str(self.config.var),
        }

    def _start_ours(self, supervisor: Supervisor) -> None:
        """The processes that are Django's; they need each other only once all are there."""
        for spec in self._ours():
            self.console.say(f"starting {spec.name}")
            supervisor.start(spec)
        for spec in self._ours():
            self._wait_for(supervisor, spec.name)
        supervisor.wait_until(self._web_answers, READY_SECONDS, "web")

    def _ours(self) -> tuple[Spec, ...]:
        environments = self.environments
        django, worker = environments.django(), environments.worker()
        return (
            Spec("radius-clients", manage("radius_clients"), django, ready_line=READY),
            Spec("ingester", manage("ingester"), environments.radius(), ready_line=READY),
            Spec("relay", manage("relay"), django, ready_line=READY),
            _celery("worker", worker, *WORKER),
            _celery("worker-outbound", worker, *WORKER_OUTBOUND),
            _celery("worker-ddl", environments.worker_ddl(), *WORKER_DDL),
            _celery("beat", worker, "beat"),
            self._realtime(django),
            Spec("metrics", manage("metrics"), django, ready_line=READY, restarts=True),
            self._sms_simulator(django),
            self._mpesa_simulator(django),
            Spec("web", self._web_command(), django),
        )

    def _realtime(self, environment: Mapping[str, str]) -> Spec:
        """Sockets come back by themselves, so that its death is no failure of the stack."""
        reload = ["--reload"] if self.config.debug else []
        command = manage("realtime", *reload)
        return Spec("realtime", command, environment, ready_line=READY, restarts=True)

    def _sms_simulator(self, environment: Mapping[str, str]) -> Spec:
        """Where the demo's texts go: a provider that is away is no failure of the stack."""
        command = manage("sms_simulator", "--port", str(self.config.ports["SMS_SIMULATOR_PORT"]))
        return Spec("sms-simulator", command, environment, ready_line=READY, restarts=True)

    def _mpesa_simulator(self, environment: Mapping[str, str]) -> Spec:
        """Whom the demo's tenants ask for payments; the same."""
        port = str(self.config.ports["MPESA_SIMULATOR_PORT"])
        command = manage("mpesa_simulator", "--port", port)
        return Spec("mpesa-simulator", command, environment, ready_line=READY, restarts=True)

    def _start_freeradius(self, supervisor: Supervisor, program: str) -> None:
        environments = self.environments
        directory = environments.plain()["RADIUS_CONFIG_DIR"]
        command = [program, "-f", "-l", "stdout", "-d", directory]
        ready = "Ready to process requests"
        freeradius = Spec("freeradius", command, environments.freeradius(), ready_line=ready)
        self._start_and_wait(supervisor, freeradius)
        if self.config.simulator:
            supervisor.start(Spec("simulator", self._simulator_command(), environments.django()))

    def _start_and_wait(self, supervisor: Supervisor, spec: Spec) -> None:
        self.console.say(f"starting {spec.name}")
        supervisor.start(spec)
        self._wait_for(supervisor, spec.name)

    def _wait_for(self, supervisor: Supervisor, name: str) -> None:
        supervisor.wait_until(lambda: supervisor.children[name].said_ready, READY_SECONDS, name)

    def _web_command(self) -> list[str]:
        config = ["-c", "deploy/gunicorn.conf.py"]
        reload = ["--reload"] if self.config.debug else []
        return [sys.executable, "-m", "gunicorn", "wificore.wsgi:application", *config, *reload]

    def _simulator_command(self) -> list[str]:
        demo = json.loads((self.config.var / "demo.json").read_text())
        tenants = ",".join(tenant["slug"] for tenant in demo["tenants"])
        rate = self.config.simulator_rate
        options = [] if rate is None else ["--rate", str(rate)]
        return manage("simulate", "routers", "--forever", "--tenants", tenants, *options)

    def _kiosks(self) -> Spec:
        """The demo's kiosks at work; like the simulated routers, they are no part of the system."""
        command = manage("demo_live", "--demo", str(self.config.var / "demo.json"))
        return Spec("kiosk-simulator", command, self.environments.django(), restarts=True)

    def _web_answers(self) -> bool:
        # Not urllib: no proxy of the environment may come between us and loopback.
        connection = http.client.HTTPConnection(LOOPBACK, self.config.ports["WEB_PORT"], timeout=5)
        try:
            connection.request("GET", "/api/health", headers={"Host": PLATFORM_HOST})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def run(config: Config, *, fresh: bool = False) -> int:
    """Bring the stack up and keep it until a signal (exit code 0) or a failure (1).

    Raises:
        Misuse, Failed: what to tell the user; everything is stopped by then.
    """
    console, instance = Console(), Instance(config.var)
    if fresh and instance.stop_running():
        console.say("stopped the launcher that was running")
    with instance.claim() as lock:
        if fresh:
            instance.clear(keep_secrets=config.admin_url is not None)
        stack = Stack(config, instance, console)
        stack.servers.clear_leftovers()
        require_free(config)
        with supervised(instance, lock, console) as supervisor:
            supervisor.on_change = lambda: stack.write_stack(supervisor)
            stack.up(supervisor)
            supervisor.keeps_alive = config.restart
            supervisor.watch_forever()
    return 0
