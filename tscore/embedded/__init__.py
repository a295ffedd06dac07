"""The bundled PostgreSQL and Valkey of one DATA folder: started when needed, shared, stopped by the last one out.

`paths` says where things are, `use` is the door, `keeper` is the process that owns the servers, `postgres` and `valkey`
are their command lines, `identity` is how they run as root and die with their parent. Nothing here imports Django.
"""

from tscore.embedded.paths import DATABASE, SUPERUSER, data_folder, run_dir, socket_url
from tscore.embedded.use import Services, ServicesFailed, ensure, is_kept, is_wanted, release, use

__all__ = [
    "DATABASE",
    "SUPERUSER",
    "Services",
    "ServicesFailed",
    "data_folder",
    "ensure",
    "is_kept",
    "is_wanted",
    "release",
    "run_dir",
    "socket_url",
    "use",
]
