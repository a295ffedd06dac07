"""The demo marketplace: a process of its own that knows the console only through its public API.

It takes signed actions, keeps its own durable ledger of effects and reports each effect back as an event.
Nothing of the console is imported here, and nothing here is imported by the console.
"""
