"""Every fault that is planted, by name."""

from __future__ import annotations

from importlib import import_module

from gate.mutation.mutation import MUTATIONS, Mutation

_MODULES = (
    "reliability",
    "reliability_access",
    "reliability_lifetimes",
    "reliability_losses",
    "reliability_watching",
    "schema_compute",
    "schema_data",
    "security_access",
    "security_bounds",
    "security_builds",
    "security_conditions",
    "security_data",
    "semantic_alerting",
    "semantic_services",
    "semantic_inputs",
    "semantic_places",
    "semantic_runs",
    "semantic_states",
    "semantic_wiring",
)


def catalogue() -> dict[str, Mutation]:
    """The mutations of every module, in the order of their kinds and names."""
    for module in _MODULES:
        import_module(f"gate.mutation.{module}")
    ordered = sorted(MUTATIONS.values(), key=lambda mutation: (mutation.kind, mutation.name))
    return {mutation.name: mutation for mutation in ordered}
