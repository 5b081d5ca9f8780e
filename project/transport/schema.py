"""The state of a database: which migrations it has had, and tables as of then."""

from collections.abc import Iterable

from django.apps.registry import Apps
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from project.transport import TransportError
from project.transport.tables import SEEDED, carried

State = dict[str, list[str]]  # names of migrations by app, both sorted


def of(alias: str) -> State:
    """Return what has been applied at `alias`; empty where nothing has.

    Raises TransportError if this version of Certdesk does not know all of it.
    """
    loader = MigrationLoader(None)
    recorded = MigrationRecorder(connections[alias]).applied_migrations()
    state = as_state(key for key in recorded if key[0] in loader.migrated_apps)
    require_known(state, loader=loader)
    return state


def as_state(nodes: Iterable[tuple[str, str]]) -> State:
    """Return migrations by app."""
    state: State = {}
    for label, name in sorted(nodes):
        state.setdefault(label, []).append(name)
    return state


def require_known(state: State, *, loader: MigrationLoader) -> None:
    """Raise TransportError if `state` has a migration that is not in this version."""
    unknown = [
        f"{label}.{name}"
        for label, name in _nodes(state)
        if (label, name) not in loader.disk_migrations
    ]
    if unknown:
        raise TransportError(
            "It comes from a newer version of Certdesk, or another: "
            f"this one has no migration {', '.join(unknown)}."
        )


def models_at(state: State) -> Apps:
    """Return the models as they were in `state`."""
    loader = MigrationLoader(None)
    require_known(state, loader=loader)
    return loader.project_state(_leaves(loader, state)).apps


def require_room(alias: str, state: State) -> None:
    """Raise TransportError unless `alias` is empty, and at `state` or without tables.

    Empty is what holds no more than `migrate` puts there itself.
    """
    before = of(alias)
    if before and before != state:
        raise TransportError(
            "The target is at other migrations than what comes: "
            f"{_difference(before, state)}. Begin with a database without tables."
        )
    for table in carried(models_at(before)):
        if table.label not in SEEDED and table.rows(alias).exists():
            raise TransportError(f"The target is not empty: {table.label} has rows.")


def migrate_to(alias: str, state: State) -> None:
    """Make the tables of `state`, or what is missing of them."""
    executor = MigrationExecutor(connections[alias])
    executor.migrate(_leaves(executor.loader, state))


def _nodes(state: State) -> list[tuple[str, str]]:
    return [(label, name) for label, names in state.items() for name in names]


def _leaves(loader: MigrationLoader, state: State) -> list[tuple[str, str]]:
    """Return the last migrations of each app in `state`."""
    nodes = set(_nodes(state))
    return [
        node
        for node in sorted(nodes)
        if not any(
            child.key in nodes and child.key[0] == node[0]
            for child in loader.graph.node_map[node].children
        )
    ]


def _difference(one: State, other: State) -> str:
    nodes = set(_nodes(one)) ^ set(_nodes(other))
    return ", ".join(f"{label}.{name}" for label, name in sorted(nodes))
