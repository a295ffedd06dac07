"""Many cases decided alike by one person: listed, looked at, run by a stage, taken back."""
