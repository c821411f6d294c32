"""What a SEARCH of CloudWatch looks for: a namespace, exactly these dimensions, and a metric."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.semantic.alarm_metrics import Metric

_SEARCH = re.compile(r"""SEARCH\(\s*(?P<quote>['"])(?P<query>.*?)(?P=quote)\s*,""", re.DOTALL)
_SCHEMA = re.compile(r"\s*\{([^}]*)\}(.*)", re.DOTALL)
# Without quotes it is a part of a name that is looked for.
_TERM = re.compile(r'([A-Za-z][\w-]*)\s*=\s*"([^"]*)"')
_NAME = "MetricName"


def searched(expression: str) -> Iterator[Metric]:
    """The metrics of a namespace that an expression's searches name.

    >>> found = searched('''SEARCH('{Shop,Till} MetricName="sales" Till="1"', 'Sum', 300)''')
    >>> [(metric.namespace, metric.name, metric.dimensions) for metric in found]
    [('Shop', 'sales', {'Till': '1'})]
    """
    for search in _SEARCH.finditer(expression):
        schema = _SCHEMA.match(search["query"])
        if schema is None:
            continue
        namespace, *dimensions = (word.strip().strip('"') for word in schema[1].split(","))
        terms = _TERM.findall(schema[2])
        values = dict.fromkeys(dimensions, "") | {
            name: value for name, value in terms if name in dimensions
        }
        for name in dict.fromkeys(value for key, value in terms if key == _NAME):
            yield Metric(namespace, name, values)
