"""One page of every empty, wrong, waiting and locked state, drawn by the templates that draw them at work."""
