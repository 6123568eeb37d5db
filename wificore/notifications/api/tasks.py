"""/api/v1/tasks/: work that events asked for."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from wificore.access.api.serializers import SeverityField
from wificore.access.checks import token_of
from wificore.access.guard import NotYours
from wificore.access.models import User
from wificore.access.selectors import zone
from wificore.kernel.api.rows import ReadRowViewSet
from wificore.kernel.notices import kind_of

from .. import selectors, services
from ..models import Task, TaskState
from ..models.work import NOTE_CHARS
from ..words import task_title
from .inbox import own_id


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "name", "email")


class TaskSerializer(serializers.ModelSerializer[Task]):
    """What is to be done, in your language."""

    title = serializers.SerializerMethodField()
    severity = SeverityField()
    site = serializers.IntegerField(source="site_id", allow_null=True)
    link = serializers.SerializerMethodField(help_text="A path of this host; empty: none.")
    claimed_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Task
        fields = (
            "id", "kind", "title", "severity", "site", "link", "state", "level", "created_at",
            "escalate_at", "claimed_by", "claimed_at", "done_at", "note",
        )  # fmt: skip

    def get_title(self, task: Task) -> str:
        return task_title(task, self.context["language"], self.context["zone"])

    def get_link(self, task: Task) -> str:
        kind = kind_of(task.kind)
        return kind.link_for(task.context) if kind else ""


class TaskFilterSerializer(serializers.Serializer[Any]):
    """Query parameters of the list."""

    state = serializers.ChoiceField(choices=TaskState.choices, required=False)
    mine = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="true: what you have claimed."
    )


class DoneSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=NOTE_CHARS, help_text="What was the matter."
    )


@extend_schema_view(list=extend_schema(parameters=[TaskFilterSerializer]))
class TaskViewSet(ReadRowViewSet):
    """Work at your sites, about what you may see, newest first.

    One claims a task: the first wins, anybody later gets 409. What nobody claims in time is told
    to the department's head, the department above, and at last to the owner.
    """

    code_read, code_write = "notifications.task.view", "notifications.task.manage"
    serializer_class = TaskSerializer
    queryset = Task.objects.none()

    def get_queryset(self) -> QuerySet[Task]:
        rows = selectors.tasks(self.request.user.subject(), token_of(self.request))
        form = TaskFilterSerializer(data=self.request.query_params)
        form.is_valid(raise_exception=True)
        if state := form.validated_data.get("state"):
            rows = rows.filter(state=state)
        mine = form.validated_data["mine"]
        if mine is None:
            return rows
        own = {"claimed_by_id": own_id(self.request) or 0}
        return rows.filter(**own) if mine else rows.exclude(**own)

    def get_serializer_context(self) -> dict[str, Any]:
        key = own_id(self.request)
        language = selectors.preferences([key])[key].language if key else "en"
        return {**super().get_serializer_context(), "language": language, "zone": zone()}

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take it on; 409: somebody else has."""
        return self._answer(services.task_claim(task=self.get_object(), user=_user(request)))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Give it back; it waits for somebody else."""
        return self._answer(services.task_release(task=self.get_object(), user=_user(request)))

    @extend_schema(request=DoneSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """You have done it, with a word about it."""
        task = self.get_object()
        form = DoneSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        note = form.validated_data.get("note", "")
        return self._answer(services.task_done(task=task, user=_user(request), note=note))

    def _answer(self, task: Task) -> Response:
        return Response(self.get_serializer(task).data)


def _user(request: Request) -> User:
    """Raises NotYours: a support session is nobody's colleague."""
    if own_id(request) is None:
        raise NotYours("Only the organisation's own people take tasks.")
    return cast(User, request.user)
