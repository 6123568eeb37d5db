"""What can be done to one partition; the planner makes these, `apply` carries them out."""

from dataclasses import dataclass

from .calendar import Span, suffix


@dataclass(frozen=True, slots=True)
class Create:
    """Make a partition and attach it."""

    schema: str
    table: str
    key: str
    span: Span

    @property
    def name(self) -> str:
        return self.table + suffix(self.span.lower)

    def __str__(self) -> str:
        return f"create {self.schema}.{self.name} for {self.span}"


@dataclass(frozen=True, slots=True)
class Detach:
    """Take a partition out of its table without blocking anybody; resumes an interrupted one."""

    schema: str
    table: str
    name: str
    span: Span
    resumed: bool = False

    def __str__(self) -> str:
        again = " (was interrupted)" if self.resumed else ""
        return f"detach {self.schema}.{self.name} of {self.span}{again}"


@dataclass(frozen=True, slots=True)
class Attach:
    """Bring a detached partition back: it is not old enough to go, or somebody restored it."""

    schema: str
    table: str
    name: str
    key: str
    span: Span

    def __str__(self) -> str:
        return f"attach {self.schema}.{self.name} for {self.span}"


@dataclass(frozen=True, slots=True)
class Retire:
    """Archive a detached partition, verify the archive, drop the partition."""

    schema: str
    table: str
    name: str
    key: str
    span: Span
    archive: bool = True

    def __str__(self) -> str:
        verb = "archive and drop" if self.archive else "drop without archive"
        return f"retire {self.schema}.{self.name} of {self.span}: {verb}"


Action = Create | Detach | Attach | Retire
