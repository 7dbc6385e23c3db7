"""The ``[[detectors]]`` tables of a run file, read one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast, final

from dross.errors import check_known
from dross.evaluation.label_checks import LABELS_KEY
from dross.evaluation.plan import DetectorPlan
from dross.evaluation.protocols import LABELLED_PROTOCOLS, ProtocolName
from dross.evaluation.run import TRAININGS, Training
from dross.evaluation.variants import variant_name

T = TypeVar("T")

DETECTOR_KEYS = ("name", "training", "labels", "parameters", "variants")


@final
class DetectorReader:
    """Reads the detectors of a run file, with a harmless value in place of each wrong one, and remembers the mistakes.

    Parameters
    ----------
    protocol : str or None
        That of the run file; ``None`` where it is wrong.
    """

    def __init__(self, protocol: ProtocolName | None) -> None:
        self.protocol = protocol
        self.problems: list[str] = []

    def read(self, value: object) -> tuple[DetectorPlan, ...]:
        """Return the detectors that the key ``detectors`` describes."""
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self.problems.append("detectors are missing; give at least one [[detectors]] table with a name")
            return ()
        detectors = tuple(filter(None, (self._detector(number, item) for number, item in enumerate(value))))
        names = [detector.name for detector in detectors]
        distinct(self.problems, "detectors", names, hint=": give them as variants of one")
        return detectors

    def _detector(self, number: int, table: Mapping[str, Any]) -> DetectorPlan | None:
        where = f"detectors[{number}]"
        self.problems += check_known(table, DETECTOR_KEYS, where)
        # With labels there are no contaminants, and so neither refinement nor an oracle unless they are asked for.
        usual = ["blind"] if self.protocol in LABELLED_PROTOCOLS else list(TRAININGS)
        training = table.get("training", usual)
        if not isinstance(training, list) or not training or any(item not in TRAININGS for item in training):
            self.problems.append(f"{where}: training is {shown(training)}; it must be a list of {', '.join(TRAININGS)}")
            training = usual
        parameters = self._parameters(f"{where}.parameters", table.get("parameters", {}))
        given = table.get("variants", [])
        if not isinstance(given, list):
            self.problems.append(f"{where}: variants is {shown(given)}; it must be a list of tables")
            given = []
        variants = [self._parameters(f"{where}.variants[{i}]", item) for i, item in enumerate(given)]
        if any(not item for item in given):
            self.problems.append(f"{where}: a variant is empty, which is the default: leave it out")
        distinct(self.problems, f"{where}: variants", [variant_name(variant) for variant in variants])
        name = table.get("name")
        if not isinstance(name, str) or not name:
            self.problems.append(f"{where}: name is {shown(name)}; it must be the name of a detector")
            return None
        ways = distinct(self.problems, f"{where}: training", cast(list[Training], training))
        labels = True if self.protocol is None else table.get(LABELS_KEY, True)
        return DetectorPlan(name, ways, parameters, tuple(variants), labels)

    def _parameters(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.problems.append(f"{where} is {shown(value)}; it must be a table of parameters")
            return {}
        for key, item in value.items():
            parts = item if isinstance(item, list) else [item]
            if not all(isinstance(part, (str, int, float)) for part in parts):
                self.problems.append(
                    f"{where}: {key} is {shown(item)}; it must be text, a number, true, false or a list"
                )
        return value


def distinct(problems: list[str], key: str, values: list[T], hint: str = "") -> tuple[T, ...]:
    """Return values without those that are there already, each of which is added to the problems.

    Examples
    --------
    >>> problems = []
    >>> distinct(problems, "seeds", [1, 2, 1]), problems
    ((1, 2), ['seeds: 1 is given twice'])
    """
    twice = [value for value in dict.fromkeys(values) if values.count(value) > 1]
    problems += [f"{key}: {shown(value)} is given twice{hint}" for value in twice]
    return tuple(dict.fromkeys(values))


def shown(value: object) -> str:
    """Return a value as a message shows it.

    Examples
    --------
    >>> shown(None), shown("a")
    ('missing', "'a'")
    """
    return "missing" if value is None else repr(value)
