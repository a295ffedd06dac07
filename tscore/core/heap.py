"""How often Python looks for objects that nobody can reach any more."""

import gc

# A page makes and drops many thousand small objects: looking after every 700, as Python does by itself, is time lost.
NEW_OBJECTS = 20_000


def settle() -> None:
    """Take all objects of this moment for lasting, and look through new ones more rarely; for servers, once loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
