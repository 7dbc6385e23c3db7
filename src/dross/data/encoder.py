"""The encoder between a table as users bring it and the complete numeric array that detectors take."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from dross.data.cells import open_cells
from dross.data.column_encoders import AbstractColumnEncoder
from dross.data.column_fitting import LeftOut, encoder_from_dict, fit_column
from dross.data.frames import to_frame
from dross.data.schema import column_problems
from dross.errors import DataError, ParameterError, SchemaError, raise_gathered


@final
class TableEncoder(TransformerMixin, BaseEstimator):
    """Turn a table of numbers, words, truth values and dates into a complete float64 array.

    Use it before any detector when the table is not plain complete numbers. It learns from the training table what each
    column holds, and holds new tables to that: a column that is missing, new, renamed or of another type is an error
    with the remedy, and all such mistakes are gathered. Do not use it to scale; representations do that.

    - A number stays; a truth value becomes 0 or 1; up to ``max_categories`` different words become one feature each
      (two words: one feature in all), more become the share of training rows that have the word.
    - A date becomes days since the first training date, year, month, day, weekday and hour, those of them that vary.
      New data from a later time lies beyond the training range in the first two: leave the column out where that is no
      news.
    - A missing cell becomes the training median. A column in which a tenth of the training cells or more were missing
      gets a further feature that says so (of a word, the others are then none of the known ones); where gaps are rarer,
      that feature would make an anomaly of every row with one, and a missing word becomes the commonest.
    - A constant or empty column, and one whose words are all different, is left out and named in ``dropped_columns_``.
    - A word that training did not have is refused where words have a feature each, and has frequency 0 where they
      have not.

    Messages count rows from 0, the first one below the header.

    Parameters
    ----------
    max_categories : int, default 20
        The largest number of different words that get a feature each.

    Attributes
    ----------
    columns_ : list of AbstractColumnEncoder
        The columns used, in their order.
    dropped_columns_ : dict of str to str
        The columns left out, and why.
    feature_origin_ : list of str
        The source column of each output feature.
    n_features_in_ : int
        The number of columns of the training table.

    Raises
    ------
    DataError
        In ``fit``, if a cell or a column cannot be used, or no usable column is left.
    SchemaError
        In ``transform``, if the table is not like the training table.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [1.0, None, 3.0], "sort": ["a", "b", "a"], "unit": "mm"})
    >>> encoder = TableEncoder().fit(table)
    >>> encoder.get_feature_names_out().tolist()
    ['size', 'size is missing', 'sort=b']
    >>> encoder.transform(table).tolist()
    [[1.0, 0.0, 0.0], [2.0, 1.0, 1.0], [3.0, 0.0, 0.0]]
    >>> encoder.dropped_columns_
    {'unit': "constant: always 'mm'"}
    """

    columns_: list[AbstractColumnEncoder]
    dropped_columns_: dict[str, str]
    feature_origin_: list[str]

    def __init__(self, *, max_categories: int = 20) -> None:
        self.max_categories = max_categories

    def fit(self, frame: pd.DataFrame | ArrayLike, y: Any = None, *, source: str = "the table") -> Self:
        """Learn what each column holds.

        Parameters
        ----------
        frame : DataFrame or array of shape (n_samples, n_columns)
            The training table; no label and no id column in it.
        y : ignored
        source : str
            What messages call the table, such as its file.
        """
        if isinstance(self.max_categories, bool) or not isinstance(self.max_categories, int) or self.max_categories < 2:
            raise ParameterError(f"max_categories is {self.max_categories!r}; it must be a whole number, at least 2")
        table = to_frame(frame, source)
        if len(table) == 0:
            raise DataError(f"{source} has no rows: there is nothing to learn from")
        problems: list[str] = []
        self.columns_, self.dropped_columns_ = [], {}
        for name in table.columns:
            fitted, found = fit_column(name, open_cells(table[name]), self.max_categories)
            problems += [f"{source}: {problem}" for problem in found]
            if isinstance(fitted, LeftOut):
                self.dropped_columns_[name] = fitted.reason
            else:
                self.columns_.append(fitted)
        raise_gathered(problems, DataError)
        if not self.columns_:
            why = "; ".join(f"'{name}' is left out ({reason})" for name, reason in self.dropped_columns_.items())
            raise DataError(
                f"{source} has no usable column: {why}: add a column of numbers, words or dates that varies"
            )
        self._finish(len(table.columns))
        return self

    def transform(
        self, frame: pd.DataFrame | ArrayLike, *, source: str = "new data", first_row: int = 0
    ) -> NDArray[np.float64]:
        """Return the table as a complete array.

        Parameters
        ----------
        frame : DataFrame or array of shape (n_samples, n_columns)
            A table with the columns of the training table, in any order. Left-out columns may be missing.
        source : str
            What messages call the table, such as its file.
        first_row : int, default 0
            The number of its first row in messages, when it is a part of a longer table.

        Returns
        -------
        array of shape (n_samples, n_features), float64
        """
        check_is_fitted(self, "columns_")
        table = to_frame(frame, source)
        wanted = [column.name for column in self.columns_]
        problems = column_problems(wanted, list(self.dropped_columns_), list(table.columns))
        present = set(table.columns)
        encoded = np.empty((len(table), len(self.feature_origin_)))
        start = 0
        for column in self.columns_:
            stop = start + len(column.features)
            if column.name in present:
                cells = open_cells(table[column.name])
                if cells.kind == "unusable":
                    problems.append(f"column '{column.name}' {cells.values}: give what the training data had there")
                else:
                    encoded[:, start:stop], found = column.transform(cells, first_row)
                    problems += found
            start = stop
        raise_gathered([f"{source}: {problem}" for problem in problems], SchemaError)
        return encoded

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the output features, shape (n_features,)."""
        check_is_fitted(self, "columns_")
        return np.array([feature for column in self.columns_ for feature in column.features], dtype=object)

    def to_dict(self) -> dict[str, Any]:
        """Return the fitted encoder as plain JSON, for :meth:`from_dict`."""
        check_is_fitted(self, "columns_")
        return {
            "max_categories": self.max_categories,
            "n_columns": self.n_features_in_,
            "columns": [{"encoder": type(column).__name__, **column.to_dict()} for column in self.columns_],
            "dropped_columns": self.dropped_columns_,
        }

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> TableEncoder:
        """Return the fitted encoder that :meth:`to_dict` described.

        Raises
        ------
        DataError
            If the description is damaged.

        Examples
        --------
        >>> fitted = TableEncoder().fit([[1.0], [2.0]])
        >>> TableEncoder.from_dict(fitted.to_dict()).transform([[5.0]]).tolist()
        [[5.0]]
        """
        try:
            encoder = cls(max_categories=int(description["max_categories"]))
            encoder.columns_ = [encoder_from_dict(column) for column in description["columns"]]
            encoder.dropped_columns_ = {str(name): str(why) for name, why in description["dropped_columns"].items()}
            encoder._finish(int(description["n_columns"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"the description of the table's columns is damaged ({error!r}): fit the model again"
            ) from error
        return encoder

    def _finish(self, n_columns: int) -> None:
        self.feature_origin_ = [column.name for column in self.columns_ for _ in column.features]
        self.n_features_in_ = n_columns
