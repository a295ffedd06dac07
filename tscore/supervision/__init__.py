"""The parts of `manage.py up`: `children` is the table, `runner` keeps them, `watchdog` sweeps after a kill."""
