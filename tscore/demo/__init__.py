"""The demo world: made-up people and their 90 days, sent through the real ingest; one seed gives one world."""
