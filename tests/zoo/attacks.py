"""Attacks on the isolation of a submission: python attacks.py NAME ARGUMENT... prints what it reached, line by line.

A submission runs this file, so it imports the standard library alone.
"""

import ctypes
import os
import re
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

MiB = 1024 * 1024
NO_WAIT = os.O_NONBLOCK  # for a pipe that nobody writes
MANAGERS = (".cargo", ".nvm", ".pyenv", ".rustup")
ELSEWHERE = ("/usr", "/proc", "/sys", "/dev", sys.base_prefix)


def content(path: str | Path) -> str:
    """Return the beginning of a file, or nothing where it cannot be read."""
    with (
        suppress(OSError),
        open(path, "rb", buffering=0, opener=lambda path, flags: os.open(path, flags | NO_WAIT)) as file,
    ):
        return (file.read(MiB) or b"").decode("latin-1")
    return ""


def found(top: str = "/") -> Iterator[str]:
    """Yield the path of each file and folder below another, without those of the system and of Python itself."""
    for place, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in MANAGERS and os.path.join(place, name) not in ELSEWHERE]
        yield from (os.path.join(place, name) for name in (*folders, *names))


# -- what it reads


def reads_hidden_rules(top: str, *backwards: str) -> Iterator[str]:
    """Search the hidden rules, and copies of them, by their content, by their paths, and in the processes.

    The content and the paths are written backwards: the attack's own command does not count as a copy.
    """
    secret, *paths = (word[::-1] for word in backwards)
    yield from (path for path in paths if content(path))
    yield from (path for path in found(top) if secret in content(path))
    for process in (name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()):
        for file in ("cmdline", "environ", "maps", "mountinfo"):
            if any(word in content(f"/proc/{process}/{file}") for word in (secret, *paths)):
                yield f"/proc/{process}/{file}"


def reads_the_environment() -> Iterator[str]:
    """Search tokens in the environment of all processes."""
    for process in (name for name in os.listdir("/proc") if name.isdigit()):
        yield from re.findall(r"\w*TOKEN=\w+", content(f"/proc/{process}/environ"))
    yield from (name for name in os.environ if "TOKEN" in name)


def reads_descriptors() -> Iterator[str]:
    """Search open files that it inherited, its own and those of other processes."""
    for process in (name for name in os.listdir("/proc") if name.isdigit()):
        with suppress(OSError):
            for number in os.listdir(f"/proc/{process}/fd"):
                with suppress(OSError):
                    target = os.readlink(f"/proc/{process}/fd/{number}")
                    if int(number) > 2 and not target.startswith(("/proc/", "anon_inode:")):
                        yield f"{process}: {number} {target}"


def reads_the_machine(*paths: str) -> Iterator[str]:
    """Read what only root may read, what other users have, and what the judge wrote elsewhere."""
    for path in ("/etc/shadow", "/etc/gshadow", "/etc/ssl/private", "/root/.bash_history", "/var/log", "/proc/kcore"):
        with suppress(OSError):
            yield from [path] if os.path.isfile(path) and content(path) else []
            yield from [path] if os.path.isdir(path) and os.listdir(path) else []
    yield from (path for path in paths if os.path.exists(path))


def reads_links() -> Iterator[str]:
    """Make links in its own folder to secrets outside it, and read them."""
    for number, path in enumerate(("/etc/shadow", "/proc/1/root/etc/shadow", "../../..", "/proc/1/cwd")):
        with suppress(OSError):
            os.symlink(path, f"link{number}")
            yield from [path] if content(f"link{number}") else []
            yield from (f"{path}/{name}" for name in os.listdir(f"link{number}") if name.startswith("secret"))


# -- what it changes


def writes_the_kernel() -> Iterator[str]:
    """Write the settings of the kernel; each gets the value that it has."""
    for place, _, names in os.walk("/proc/sys"):
        for name in names:
            path = os.path.join(place, name)
            with suppress(OSError), open(path, "r+b", buffering=0) as file:
                file.write(file.read(4096))
                yield path
    for path in ("/proc/sysrq-trigger", "/proc/irq/default_smp_affinity"):
        with suppress(OSError), open(path, "wb"):
            yield path


def writes_elsewhere() -> Iterator[str]:
    """Write into each folder outside its own one and outside those in memory."""
    for folder in ("/", "/dev", "/etc", "/usr", "/usr/bin", "/proc", "/var", "/srv", sys.base_prefix):
        with suppress(OSError):
            Path(folder, "attack").write_text("attack")
            yield folder


def becomes_root() -> Iterator[str]:
    """Make a user namespace, in which it would be root and could mount file systems; ask for another user."""
    yield from ["it is root"] if 0 in os.getresuid() else []
    for number in (0, 1):
        with suppress(OSError):
            os.setuid(number)
            yield f"setuid {number}" if number != os.getuid() or number == 0 else ""
    if os.spawnlp(os.P_WAIT, "unshare", "unshare", "--user", "--map-root-user", "true") == 0:
        yield "a user namespace"


def reaches_other_processes() -> Iterator[str]:
    """Find processes that are not its own, and send them signals."""
    for number in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        if number not in (1, os.getpid(), os.getppid()):
            yield f"process {number}"
    yield from signalled(os.getppid())


def signalled(process: int) -> Iterator[str]:
    with suppress(OSError):
        os.kill(process, 0)
        if os.stat(f"/proc/{process}").st_uid != os.getuid():
            yield f"a signal to {process}"


def reaches_sockets(*paths: str) -> Iterator[str]:
    """Connect to Unix sockets of the machine, and open its pipes and devices."""
    for path in paths:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.connect(path.replace("@", "\0", 1))
            yield path
        with suppress(OSError, ValueError):
            os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
            yield path
    for place, _, names in os.walk("/dev"):
        for name in names:
            with suppress(OSError):
                path = os.path.join(place, name)
                if stat.S_ISBLK(os.stat(path).st_mode):
                    yield path


def reaches_the_network(port: str) -> Iterator[str]:
    """Connect to an address outside, and to what listens on the machine's own loopback."""
    yield from (name for _, name in socket.if_nameindex() if name != "lo")
    for address in (("192.0.2.1", 80), ("127.0.0.1", int(port))):
        with suppress(OSError), socket.create_connection(address, timeout=0.5):
            yield f"{address}"


def runs_our_servers(*paths: str) -> Iterator[str]:
    """Import servers that would earn all points, and the judge, and find them in the file system."""
    sys.path.extend(paths)
    for name in ("raw_router", "flask_app", "django_project", "sidebyside", "http_contract.http.parser"):
        with suppress(ImportError):
            __import__(name)
            yield name
    yield from (path for path in found() if path.endswith(("/raw_router", "/stage01_listen.py")))


# -- what it uses up


def wait() -> Iterator[str]:
    """Wait to be ended."""
    time.sleep(60)
    yield "time"


def fill(folder: str) -> None:
    """Write files of 64 MiB into a folder until it is full."""
    with suppress(OSError):
        for number in range(64):
            with open(f"{folder}/{number}", "wb", buffering=0) as file:
                file.write(bytes(64 * MiB))


def fills_memory_folders() -> Iterator[str]:
    """Fill all folders in memory."""
    for folder in ("/dev/shm", "/tmp", os.environ.get("HOME", "/tmp"), "/var/tmp", "/run"):
        fill(folder)
    total = sum((now.f_blocks - now.f_bfree) * now.f_frsize for now in map(os.statvfs, ("/dev/shm", "/tmp")))
    yield f"{total // MiB} MiB"


def fills_nameless_files() -> Iterator[str]:
    """Write files in memory that have no name, none of them as large as one file may be."""
    made = [os.memfd_create(str(number)) for number in range(48)]
    for number in made:
        for _ in range(64):
            os.write(number, bytes(MiB))
    yield from wait()


def fills_shared_memory() -> Iterator[str]:
    """Fill shared memory of System V that no process has mapped then, so that it counts for none."""
    system = ctypes.CDLL(None)
    system.shmat.restype = ctypes.c_void_p
    for _ in range(48):
        number = system.shmget(0, 64 * MiB, 0o600)  # 0: IPC_PRIVATE, a new one
        address = ctypes.c_void_p(system.shmat(number, None, 0))
        ctypes.memset(address, 1, 64 * MiB)
        system.shmdt(address)
    yield from wait()


def fills_its_folder() -> Iterator[str]:
    """Write many files into its own folder."""
    fill(".")
    yield from wait()


def fills_deep_folders() -> Iterator[str]:
    """Make folders in folders until no path leads to the last one, and files there."""
    for _ in range(50):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
    fill(".")
    yield from wait()


def fills_locked_folders() -> Iterator[str]:
    """Write files into a folder that nobody may list."""
    os.mkdir("locked")
    fill("locked")
    os.chmod("locked", 0)
    yield from wait()


ATTACKS: dict[str, Callable[..., Iterator[str]]] = {
    name: value for name, value in list(globals().items()) if "_" in name and callable(value) and value.__doc__
}


def main() -> None:
    reached = sorted({*ATTACKS[sys.argv[1]](*sys.argv[2:])} - {""})
    print("reached:", *reached, sep="\n  ") if reached else print("nothing")


if __name__ == "__main__":
    main()
