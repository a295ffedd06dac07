"""A whole console under load while its parts are killed, paused and cheated; then a judge. `python -m tests.storm`."""
