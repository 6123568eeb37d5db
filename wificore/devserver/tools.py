"""Tools beside a stack: psql, Django's shell, a new database."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from wificore.devserver import binaries, database, redis_server
from wificore.devserver.config import Config, require_free
from wificore.devserver.console import Console
from wificore.devserver.errors import Misuse
from wificore.devserver.instance import Instance
from wificore.devserver.launching import supervised
from wificore.devserver.stack import Stack, manage


def psql(config: Config, arguments: Sequence[str]) -> int:
    """Become psql, as superuser, on the running stack's database."""
    dsn = _running(config).read_stack()["postgres"]["dsn"]
    in_path = binaries.find_program("psql")
    program = in_path or next(
        (choice.program("psql") for choice in binaries.postgres_choices()), "psql"
    )
    parts = urlsplit(dsn)
    address = parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port or 5432}")
    # The password goes by environment: arguments are visible to every user of the machine.
    environment = {**os.environ, "PGPASSWORD": parts.password or ""}
    return _become([program, address.geturl(), *arguments], environment)


def shell(config: Config, arguments: Sequence[str]) -> int:
    """Become Django's shell, with the owner's login as well."""
    stack = _running(config)
    return _become(manage("shell", *arguments), stack.environments.owner())


def db_reset(config: Config) -> int:
    """Drop the database, Redis' content and RADIUS files; migrate and load the demo again."""
    console, instance = Console(), Instance(config.var)
    was_running = instance.stop_running()
    if was_running:
        console.say("stopped the running stack")
    with instance.claim() as lock:
        stack = Stack(config, instance, console)
        stack.servers.clear_leftovers()
        require_free(config)
        with supervised(instance, lock, console) as supervisor:
            servers = stack.servers
            servers.start_postgres(supervisor, console)
            private = servers.cluster is not None
            console.say(f"dropping and making the database {database.NAME}")
            database.recreate(servers.urls, servers.secrets, config.var, private=private)
            servers.start_redis(supervisor, console)
            if servers.redis:
                redis_server.ask(servers.redis.port, "FLUSHALL")
            instance.drop_radius_files()
            stack.load(supervisor)
            console.say("done" + ("; `make run` starts the stack again" if was_running else ""))
    return 0


def _running(config: Config) -> Stack:
    """The stack of a launcher that runs."""
    instance = Instance(config.var)
    if instance.running_pid() is None or not instance.stack.exists():
        raise Misuse("the stack is not running: start it with `make run`")
    running = json.loads(instance.stack.read_text())
    return Stack(replace(config, ports=running["ports"]), instance, Console())


def _become(command: Sequence[str], environment: dict[str, str]) -> int:
    # The launcher's place is taken; there is no shell in between.
    os.execvpe(command[0], list(command), environment)  # a known program
