"""A model in shadow: which visits it would have put first. Its order is logged beside the plan and plans nothing.

Logistic regression on what was known of a venue before the visit. Never on who visited: in Chicago's evaluation most of
the model's gain came from knowing the inspector, which tells how strict a person is and not where a violation is. Nor
on the ward: the model would send teams to where they have been, since only there something was found.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

WORDS = ("status", "category")
COUNTS = ("days_in_status", "reminders", "scans", "days_since_seen")
FEATURES = (*WORDS, *COUNTS)
"""As known on the day before the visit: status and for how many days, counted reminders, scans a usual day, days since
somebody of an office was last there (None: never)."""
LEAST_OUTCOMES = 50
SEED = 2962
_WHO = ("inspector", "officer", "account", "login", "team", "given_by")


class WrongFeatures(ValueError):
    """The columns are not those of ``FEATURES``."""


class WhoVisited(WrongFeatures):
    """A column tells who visited; a model that knows it ranks inspectors and not venues."""


class NotYetVisited(ValueError):
    """An outcome is given of a day that is not before the plan's: the model would know what is to come."""


def shadow_order(rows: Sequence[Mapping[str, Any]], day: dt.date) -> list[int] | None:
    """Ids of the visits planned for ``day`` as the model would order them, first first.

    Each row has ``id``, ``day`` (of the visit), ``found`` (a violation: True or False; None for those planned) and the
    columns of ``FEATURES``. None: nothing is planned, fewer than LEAST_OUTCOMES outcomes, or all of them the same.

    Raises
    ------
    WrongFeatures, WhoVisited, NotYetVisited
    """
    planned = [row for row in rows if row["found"] is None]
    past = [row for row in rows if row["found"] is not None]
    if any(row["day"] >= day for row in past):
        raise NotYetVisited(str(day))
    found = np.array([bool(row["found"]) for row in past], dtype=bool)
    if not planned or len(past) < LEAST_OUTCOMES or found.all() or not found.any():
        return None
    known = _features(planned), _features(past)
    return [int(planned[place]["id"]) for place in order(known[0], known[1], found)]


def order(planned: pd.DataFrame, past: pd.DataFrame, found: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of ``planned`` by the probability of a violation, highest first, equals as they stand.

    ``past`` and ``found``: visits to learn from, both with and without a violation. Both frames have the columns of
    ``FEATURES`` and no others.

    Raises
    ------
    WrongFeatures, WhoVisited
    """
    for frame in (planned, past):
        _require_features(frame)
    model = _model().fit(_scaled(past), found)
    probability = model.predict_proba(_scaled(planned))[:, 1]
    return np.argsort(-probability, kind="stable")


def _features(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [{name: value for name, value in row.items() if name not in ("id", "day", "found")} for row in rows]
    )


def _require_features(frame: pd.DataFrame) -> None:
    columns = set(map(str, frame.columns))
    if who := sorted(column for column in columns if any(word in column.lower() for word in _WHO)):
        raise WhoVisited(", ".join(who))
    if columns != set(FEATURES):
        raise WrongFeatures(", ".join(sorted(columns ^ set(FEATURES))))


def _scaled(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts as logarithms, for the tenth day says less than the first; "never" is a column of its own."""
    counts = frame[list(COUNTS)].astype(float)
    scaled = counts.fillna(0).apply(np.log1p)
    never = counts["days_since_seen"].isna().astype(float).rename("never")
    return pd.concat([frame[list(WORDS)].astype(str), scaled, never], axis=1)


def _model() -> Pipeline:
    columns = ColumnTransformer(
        [
            ("words", OneHotEncoder(handle_unknown="ignore"), list(WORDS)),
            ("counts", StandardScaler(), [*COUNTS, "never"]),
        ]
    )
    return make_pipeline(columns, LogisticRegression(max_iter=1000, random_state=SEED))
