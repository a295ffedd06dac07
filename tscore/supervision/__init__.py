"""The parts of `manage.py up`: `children` is the table, `runner` keeps the processes, `watchdog` sweeps after a kill."""
