"""The one process that works for the page: its jobs and the drop folder; nothing below starts a job."""
