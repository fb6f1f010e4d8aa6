"""``python -m ops.demo_state``: what is loaded, as one line of JSON, to decide whether to load the demonstration."""

import json
import sys

from data.database.connection import loader_connection
from data.errors import UserError


def main() -> int:
    """``{"loads": n, "only_demo": bool}``; 2 with one sentence when the database cannot be asked."""
    try:
        with loader_connection() as conn:
            row = conn.execute(
                "SELECT count(*) AS loads, coalesce(bool_and(is_demo), true) AS only_demo FROM load"
            ).fetchone()
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
