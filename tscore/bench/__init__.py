"""Timings against bars measured in the same run."""

PARTS = ("ingest", "pages", "pipeline", "fold", "claim", "assess", "flow", "search", "run")
