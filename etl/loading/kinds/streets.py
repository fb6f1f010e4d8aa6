"""A network of streets, along which distances are measured: each file is the whole network and replaces the last one.

Lines are cut where they meet and mended where they nearly do (``etl.locating.street_topology``); what is far from the
district or hangs together with nothing is left out and said. A file whose lines hang together too little is refused:
many stops could not be reached.
"""

import numpy as np
import pandas as pd
import shapely

from data.database.staging import stage
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.loading.work import Changes, Work
from etl.locating.districts import District, district, in_degrees, in_metres
from etl.locating.street_topology import NEAR_M, PRECISION_M, Network, build

# Around the district: where teams come from, and the ways that lead around a border.
AROUND_M = 5_000
# No street runs straight on for so long; a line that does has a coordinate that is wrong.
LONGEST_STRAIGHT_M = 10_000
MOST_UNREACHABLE = 0.2
"""Share of the length that may hang together with nothing: extracts have some of it, a broken drawing most."""
_STAGED = {
    "name": "text", "oneway": "boolean", "foot_only": "boolean", "source": "integer", "target": "integer",
    "metres": "float8", "line": "text", "source_row": "integer",
}  # fmt: skip


class BrokenNetwork(UnusableFile):
    """The lines are no network of the district's streets."""


def check(work: Work) -> None:
    """Cut, mend and stage the network; raises :class:`BrokenNetwork` where too little of it hangs together."""
    frame = work.incoming
    against = frame["oneway"].to_numpy() < 0
    drawn = np.array(frame.geometry, dtype=object)
    drawn[against] = shapely.reverse(drawn[against])
    lines, row = shapely.get_parts(in_metres(drawn), return_index=True)
    oneway = frame["oneway"].to_numpy()[row] != 0
    faults = _faults(lines, district(work.conn, work.today))
    kept = faults == ""
    if not kept.any():
        raise BrokenNetwork(Sentence("refused.streets.elsewhere", name=work.source.path.name))
    network = build(lines[kept], oneway[kept])
    _require_whole(work, network)
    main = network.is_main
    _say(work, network)
    source_row = row[kept][network.line]
    left_out = pd.DataFrame({
        "row": np.concatenate([row[~kept], source_row[~main]]),
        "why": np.concatenate([faults[~kept], np.full(int((~main).sum()), "apart", dtype=object)]),
    })  # fmt: skip
    _reject(work, left_out[~left_out["row"].isin(source_row[main])])
    segments = pd.DataFrame({
        "source": network.source[main], "target": network.target[main], "metres": network.metres[main],
        "line": shapely.to_wkb(in_degrees(network.pieces[main]), hex=True),
    })  # fmt: skip
    for name in ("name", "oneway", "foot_only"):
        segments[name] = frame[name].to_numpy()[source_row[main]]
    segments["oneway"] = segments["oneway"] != 0
    segments["source_row"] = frame["_row"].to_numpy()[source_row[main]]
    stage(work.conn, "segment", _STAGED, segments)


def write(work: Work) -> Changes:
    """Put the network in the place of the one before."""
    conn = work.conn
    old = conn.execute("SELECT max(load_id) AS load, count(*) AS segments FROM street_segment").fetchone()
    removed = old["segments"] if old else 0
    conn.execute("DELETE FROM street_segment")
    conn.execute(
        """
        INSERT INTO street_segment (name, oneway, foot_only, source, target, metres, geom,
                                    load_id, source_sheet, source_row)
        SELECT s.name, s.oneway, s.foot_only, s.source, s.target, s.metres, g.geom, %s, 0, s.source_row
        FROM segment AS s CROSS JOIN LATERAL (SELECT ST_SetSRID(s.line::geometry, 4326) AS geom) AS g
        ORDER BY g.geom
        """,
        (work.load_id,),
    )
    accepted = work.source.rows_read - len(work.source.rejects) - len(work.rejects)
    if old and removed:
        work.sentences.append(Sentence("told.streets.replaced", load=str(old["load"]), count=removed))
    return Changes(new=accepted, removed=removed, supersedes=old["load"] if old else None)


def _faults(lines: np.ndarray, known: District) -> np.ndarray:
    """For each line (metres) why it is no street of ours, the end of a text ``row.expected.street_``; "": it is one."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(xy, axis=0).T)
    step[~np.isfinite(step)] = np.inf
    straight = np.zeros(len(lines))
    within = line[1:] == line[:-1]
    np.maximum.at(straight, line[1:][within], step[within])
    west, south, east, north = shapely.total_bounds(in_metres(known.outlines))
    around = shapely.box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    faults = np.full(len(lines), "", dtype=object)
    faults[~shapely.intersects(lines, around)] = "far_off"
    faults[straight > LONGEST_STRAIGHT_M] = "too_straight"
    faults[straight <= PRECISION_M] = "empty"
    return faults


def _require_whole(work: Work, network: Network) -> None:
    apart, whole = _metres(network, ~network.is_main), network.metres.sum()
    if apart > MOST_UNREACHABLE * whole:
        told = {
            "name": work.source.path.name, "share": round(100 * apart / whole), "metres": apart,
            "parts": int(network.part.max()), "most": round(100 * MOST_UNREACHABLE), "near": round(NEAR_M),
        }  # fmt: skip
        raise BrokenNetwork(Sentence("refused.streets.broken", **told))


def _say(work: Work, network: Network) -> None:
    main = network.is_main
    work.count("streets_joined", network.joined)
    work.count("streets_repeated", network.repeated)
    told = Sentence("told.streets.network", segments=int(main.sum()), metres=_metres(network, main))
    work.sentences.append(told)
    if not main.all():
        parts, segments = int(network.part.max()), int((~main).sum())
        left = Sentence("told.streets.apart", segments=segments, parts=parts, metres=_metres(network, ~main))
        work.sentences.append(left)


def _metres(network: Network, which: np.ndarray) -> int:
    return round(float(network.metres[which].sum()))


def _reject(work: Work, left_out: pd.DataFrame) -> None:
    """Reject the features of ``left_out`` (``row``, ``why``), each once."""
    frame = work.incoming
    for place, why in left_out.drop_duplicates("row").itertuples(index=False):
        number, name = int(frame["_row"].iloc[place]), frame["name"].iloc[place]
        told = name if isinstance(name, str) else ""
        expected = Sentence(f"row.expected.street_{why}")
        work.rejects.append(work.map.reject(number, Sentence("column.street"), told, expected))
