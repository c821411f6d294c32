"""The columns of a table against those of its reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.verdict import Verdict
from tidewatch.data.dataset import Dataset
from tidewatch.data.readable import is_plain


@dataclass(frozen=True)
class SchemaChange:
    """One column that is not what the reference had: absent, of another type, or new.

    An absent column makes the schema critical: all its values are missing. Another type is a
    warning, since its values may still be readable; a new column is none of the model's business.
    """

    column: str
    found: str
    expected: str
    verdict: Verdict

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {
            "column": self.column,
            "found": self.found,
            "expected": self.expected,
            "verdict": self.verdict.value,
        }


def schema_changes(
    dataset: Dataset, kinds: Mapping[str, FeatureKind], ignored: frozenset[str]
) -> list[SchemaChange]:
    """Every difference between the table's columns and the features `kinds` that are expected.

    Columns in `ignored` are known to be no features.
    """
    present = {name: kind for name, kind in kinds.items() if name in dataset.columns}
    new = sorted(dataset.columns - kinds.keys() - ignored)
    return [
        *(
            SchemaChange(name, "no such column", kind.value, Verdict.CRITICAL)
            for name, kind in kinds.items()
            if name not in present
        ),
        *(
            SchemaChange(name, f"type {found}", kind.value, Verdict.WARNING)
            for name, kind in present.items()
            for found in _doubtful(dataset, name, kind)
        ),
        *(SchemaChange(name, "a new column", "none of that name", Verdict.OK) for name in new),
    ]


def _doubtful(dataset: Dataset, name: str, kind: FeatureKind) -> list[str]:
    types = {part.types[name] for part in dataset.parts if name in part.types}
    return sorted(str(_stored(found)) for found in types if not is_plain(kind, found))


def _stored(found: pa.DataType) -> pa.DataType:
    """The type as the file has it: text is read as a dictionary."""
    return found.value_type if pa.types.is_dictionary(found) else found
