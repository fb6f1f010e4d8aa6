"""Tying what describes a venue to the venues of the register, without a common key; pure functions on data frames.

The model is Fellegi and Sunter's, as in Splink, but written here on numpy and rapidfuzz, which the loader has already.
Splink 5.0.0 (MIT) was measured over the parts that ``describe`` finds, on 30,000 venues and 15,000 mentions, trained on
the set itself: from 0.9 it linked with precision 0.9975 and recall 0.933, from 0.99 with 0.9994 and 0.902, in 5 s of
the processor, training included; this package, as it was then, from 0.9 with 0.9997 and 0.924 in about 1 s (describing,
2 s, is apart for both; one run each, on a busy machine). It is not used because it brings duckdb, pyarrow and sqlglot
(280 MB), still needs the parsing here, and an address that forbids a link, whatever the weights say, is not part of its
model.
"""

from etl.linking.engine.candidates import LOWER, UPPER, candidates, decide, duplicates
from etl.linking.engine.describing import describe
from etl.linking.engine.weights import Weights

__all__ = ["LOWER", "UPPER", "Weights", "candidates", "decide", "describe", "duplicates"]
