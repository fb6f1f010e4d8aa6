"""Tying what describes a venue to the venues of the register, without a common key; pure functions on data frames.

The model is Fellegi and Sunter's, as in Splink, but written here on numpy and rapidfuzz, which the loader has already.
Splink 5.0.0 (MIT) was looked at by its dependencies and its model, not timed: it needs duckdb, pyarrow and sqlglot
(about 190 MB); its comparisons are SQL, so that ranges of house numbers, chains of alleys and lots would have to be
judged here first all the same; and an address that forbids a link, whatever the weights say, is not part of its model.
"""

from etl.linking.describing import describe
from etl.linking.linking import LOWER, UPPER, candidates, decide, duplicates
from etl.linking.weights import Weights

__all__ = ["LOWER", "UPPER", "Weights", "candidates", "decide", "describe", "duplicates"]
