"""``python -m data.cluster start|stop|status|url``: the private cluster by hand."""

import sys

from data.cluster.installation import ClusterError
from data.cluster.server import product_cluster


def main(arguments: list[str]) -> int:
    """``start``, ``stop``, ``status`` or ``url``; 0: done, 1: ``status`` finds it stopped, 2: a sentence says why."""
    try:
        cluster = product_cluster()
        if arguments == ["start"]:
            cluster.start(lambda sentence: print(sentence, flush=True))
            print(f"Cơ sở dữ liệu đang chạy: {cluster.url()}")
        elif arguments == ["stop"]:
            print("Đã dừng cơ sở dữ liệu; dữ liệu được giữ nguyên." if cluster.stop() else "Cơ sở dữ liệu không chạy.")
        elif arguments == ["status"]:
            serving = cluster.is_serving()
            print(f"Cơ sở dữ liệu {'đang chạy' if serving else 'đang dừng'} («{cluster.home}»).")
            return 0 if serving else 1
        elif arguments == ["url"]:
            print(cluster.url())
        else:
            print("Cách dùng: python -m data.cluster start|stop|status|url", file=sys.stderr)
            return 2
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
