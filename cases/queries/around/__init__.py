"""What stands around a case in the history of its people and things, for the panels: one bounded statement a type."""
