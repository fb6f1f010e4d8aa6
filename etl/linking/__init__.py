"""Tying what describes a venue to the venues of the register, without a common key; pure functions on data frames."""

from etl.linking.describing import describe
from etl.linking.linking import LOWER, UPPER, candidates, decide, duplicates
from etl.linking.weights import Weights

__all__ = ["LOWER", "UPPER", "Weights", "candidates", "decide", "describe", "duplicates"]
