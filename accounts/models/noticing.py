"""What django-auditlog notices, made entries of our change log.

It calls the manager of AUDITLOG_LOGENTRY_MODEL after each save, deletion and change of
a many-to-many relation of the models that project/changelog.py lists.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from auditlog.registry import auditlog
from django.db import models

from accounts import chain, origin
from accounts.models import sealing
from accounts.values import MASK, plain, text, texts

BATCH = 500  # rows in one statement
# Relations that are told on the records of both sides.
MIRRORED = frozenset({"accounts.team.members"})

_gathered: ContextVar[list[Any] | None] = ContextVar("gathered", default=None)


class Noticing(models.Manager[Any]):
    """Writes entries: those that django-auditlog asks for, and those of services."""

    def log_create(
        self,
        instance: models.Model,
        *,
        action: str,
        changes: Mapping[str, Sequence[Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        """Keep that a row was added, changed or deleted (the library's name for it)."""
        if action == self.model.Action.UPDATE:
            said = _differences(instance, changes or {})
        else:
            said = self.whole(instance, action=action)
        if said:
            self.keep([self.entry(action, about=instance, changes=said)])

    def log_m2m_changes(
        self,
        changed_queryset: models.QuerySet[Any],
        instance: models.Model,
        operation: str,
        field_name: str,
        **kwargs: Any,
    ) -> None:
        """Keep which rows were added to a relation or taken from it, on its record.

        A relation in MIRRORED is told on both sides: who joins a team finds that on
        their own page too.
        """
        what = "added" if operation == "add" else "removed"
        # After clear() the library hands over all rows there are, not those that went.
        is_clear = not changed_queryset.query.where
        rows = [] if is_clear else list(changed_queryset)
        if not rows and not is_clear:
            return
        is_forward = any(each.name == field_name for each in _many(instance))
        owner = type(instance) if is_forward else changed_queryset.model
        field: Any = owner._meta.get_field(field_name)
        other_name = field.remote_field.get_accessor_name()
        own, others = (field_name, other_name)[:: 1 if is_forward else -1]
        is_mirrored = f"{owner._meta.label_lower}.{field_name}" in MIRRORED
        told = []
        if is_forward or is_mirrored or is_clear:
            said = {own: {what: ["all"] if is_clear else texts(rows)}}
            told.append((instance, said))
        if not is_forward or is_mirrored:
            told += [(row, {others: {what: texts([instance])}}) for row in rows]
        update = self.model.Action.UPDATE
        self.keep([self.entry(update, about=row, changes=said) for row, said in told])

    def whole(self, instance: models.Model, *, action: str) -> dict[str, Any]:
        """Return all that a row says, as what came or what went."""
        is_new = action == self.model.Action.CREATE
        fields = auditlog.get_model_fields(type(instance))
        masked, left_out = fields["mask_fields"], fields["exclude_fields"]
        said = {}
        for field in instance._meta.concrete_fields:
            value = field.value_from_object(instance)
            is_left_out = field.primary_key or field.name in left_out
            if is_left_out or value in field.empty_values:
                continue
            shown = MASK if field.name in masked else _told(field, instance)
            said[field.name] = [None, shown] if is_new else [shown, None]
        return said

    def entry(
        self,
        action: str,
        *,
        about: models.Model | None = None,
        changes: Mapping[str, Any] | None = None,
        actor: Any = None,
        **facts: Any,
    ) -> Any:
        """Return an entry that is not written yet, with its proof."""
        here = origin.current()
        person = actor or _person(here)
        if about is not None:
            facts = {
                "model": about._meta.concrete_model._meta.label_lower,  # type: ignore[union-attr]  # it has one
                "object_key": str(about.pk),
                "object_text": text(about, longest=200),
                **facts,
            }
        made = self.model(
            action=action,
            channel=here.channel,
            actor=person.pk if person else None,
            actor_name=text(_name(person) if person else here.person, longest=150),
            address=here.address,
            request_id=here.request_id,
            changes=dict(changes or {}),
            **facts,
        )
        made.proof = chain.proof(made.facts)
        return made

    def keep(self, entries: Iterable[Any]) -> None:
        """Write entries in the transaction of what they tell, and seal them after."""
        entries = list(entries)
        gathered = _gathered.get()
        if gathered is not None:
            gathered.extend(entries)
            return
        if len(entries) == 1:
            entries[0].save(force_insert=True)
        elif entries:
            self.bulk_create(entries, batch_size=BATCH)
        if entries:
            sealing.after_commit()


@contextmanager
def gathered() -> Iterator[None]:
    """Write the entries of what happens inside together, at its end.

    Inside a transaction, or what was changed before an error would not be told.
    """
    entries: list[Any] = []
    token = _gathered.set(entries)
    try:
        yield
    finally:
        _gathered.reset(token)
    for model in {type(entry) for entry in entries}:
        model.objects.keep(entries)


def _many(instance: models.Model) -> list[Any]:
    return list(instance._meta.many_to_many)


def _differences(
    instance: models.Model, changes: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """Return what the library found, names for keys; it knows secrets by itself."""
    fields = {field.name: field for field in instance._meta.concrete_fields}
    masked = auditlog.get_model_fields(type(instance))["mask_fields"]
    said = {}
    for name, pair in sorted(changes.items()):
        if name not in fields:
            continue
        before, after = (_python(fields[name], value) for value in pair)
        # To it, nothing in a tuple is not nothing in a list, and a moment as MongoDB
        # keeps it, without microseconds, is another one.
        if name in masked or plain(before) != plain(after):
            said[name] = [_named(fields[name], value) for value in (before, after)]
    return said


def _python(field: Any, value: Any) -> Any:
    """Return a moment for the text that the library makes of it."""
    is_moment = isinstance(field, models.DateTimeField) and value is not None
    return field.to_python(value) if is_moment else value


def _told(field: Any, instance: models.Model) -> Any:
    """Return what a row says in a field; what it refers to is not asked for twice."""
    if field.related_model is not None and field.is_cached(instance):
        return text(getattr(instance, field.name))
    return _named(field, field.value_from_object(instance))


def _named(field: Any, value: Any) -> Any:
    """Return a value for the log: of a row that is referred to, its name."""
    if field.related_model is None or value is None:
        return plain(value)
    row = field.related_model._base_manager.filter(pk=value).first()
    return text(value if row is None else row)


def _person(here: origin.Origin) -> Any:
    user = here.user or getattr(here.request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _name(person: Any) -> str:
    name, account = person.get_full_name(), person.get_username()
    return name if name == account else f"{name} ({account})"
