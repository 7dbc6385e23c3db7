"""scikit-learn's own checks, on every detector and representation for tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from tests.table_detectors import table_detectors, table_representations

#: Class name to the checks that are expected to fail, each with the reason. scikit-learn's own IsolationForest and
#: OneClassSVM fail those on sample weights alone, which no detector here takes: so nothing is expected to fail.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {}


def expected_failures(estimator: Any) -> dict[str, str]:
    return EXPECTED_FAILURES.get(type(estimator).__name__, {})


# scikit-learn fits on noise, of which there is nothing that a code could say: that it then collapses is told.
@pytest.mark.filterwarnings("ignore::dross.errors.CollapseWarning")
@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [*table_detectors(), *table_representations()], expected_failed_checks=expected_failures, xfail_strict=True
)
def test_scikit_learn_check(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
