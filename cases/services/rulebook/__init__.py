"""Routing rules as data: what may be asked of a case, which rule fits first, and which can never fit. Pure."""
