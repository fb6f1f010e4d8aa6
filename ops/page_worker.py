"""The page's gunicorn worker: one that ends stops listening at once, so that whoever comes then is not lost with it."""

from gunicorn.workers.gthread import ThreadWorker


class PageWorker(ThreadWorker):
    """As gunicorn's own, but for the socket of one that was told to end.

    Its own keeps the socket open while it finishes what it has, up to ``graceful_timeout``, and takes nothing from it:
    who connects meanwhile waits and is cut off at the end, and a proxy must not repeat a POST that may have arrived. A
    closed socket refuses the connection; the proxy then knows that nothing arrived, and tries until the next page
    listens. At a reload the master, under systemd the system holds the socket open, and others take from it.
    """

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """See gunicorn; called with False once more when the worker ends."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                listener.close()
