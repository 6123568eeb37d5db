"""What can go wrong in the launcher, by who has to act."""


class Misuse(Exception):
    """The user must change something before anything can start: exit code 2."""


class Failed(Exception):
    """Something that was started failed: exit code 1."""


class StopRequested(Exception):
    """Ctrl-C, SIGTERM or SIGHUP: stop everything, exit code 0."""
