"""Who the servers run as, and how a process dies with its parent."""

import ctypes
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
# uid 0 is shown as `nobody` inside the namespace, while outside the files stay root's: works under a 0700 home, too.
MAPPING = (("uid_map", "65534 0 1"), ("setgroups", "deny"), ("gid_map", "65534 0 1"))
NAMESPACE = "namespace"
ACCOUNT = "nobody"
OURSELVES = ""
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

_libc = ctypes.CDLL(None, use_errno=True)


def database_identity() -> str:
    """Return how PostgreSQL, which refuses to run as root, is to be run here."""
    if os.geteuid() != 0:
        return OURSELVES
    return os.environ.get("TSCORE_ROOT_MODE") or (NAMESPACE if _namespace_works() else ACCOUNT)


def owner_uid(identity: str) -> int:
    """Return the uid that must own the database folder."""
    return pwd.getpwnam(ACCOUNT).pw_uid if identity == ACCOUNT else os.geteuid()


def our_uids() -> set[int]:
    """Return the uids a folder of ours may belong to: root may have used the other way before."""
    return {os.geteuid()} | ({pwd.getpwnam(ACCOUNT).pw_uid} if os.geteuid() == 0 else set())


def before_exec(identity: str, *, signal_number: int) -> Callable[[], None]:
    """Return what a child does between fork and exec: change who it is, then tie its life to ours."""
    parent = os.getpid()

    def prepare() -> None:
        become(identity)
        die_with_parent(parent, signal_number)  # after the change of uid, which clears it

    return prepare


def become(identity: str) -> None:
    """Turn this process into one PostgreSQL accepts."""
    if identity == NAMESPACE:
        _enter_namespace()
    elif identity == ACCOUNT:
        account = pwd.getpwnam(ACCOUNT)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)


def die_with_parent(parent: int, signal_number: int) -> None:
    """Ask the kernel to send the signal when the parent ends. Elsewhere than on Linux a watchdog must do."""
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent:  # it died before the call
        os._exit(0)


def command_line(pid: int) -> list[str]:
    """Return the words of a living process; one empty word for a zombie and for none."""
    # `ps` is not part of a minimal Debian; where there is no /proc, it is part of the system.
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return [""]
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return listed.stdout.split() or [""]


def _namespace_works() -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            _enter_namespace()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def _enter_namespace() -> None:
    if _libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in MAPPING:
        Path(f"/proc/self/{name}").write_text(text)
