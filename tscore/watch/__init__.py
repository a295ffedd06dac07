"""Is all well: the table of alarms, the stage that looks, the page, the messages, the terminal and the metrics."""
