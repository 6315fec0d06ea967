"""The parts of the machine that an isolated submission sees: the system's folders, and the tools that it may need.

The judge's own environment decides where the tools are: its PATH, and the folders of the version managers. A path in a
submission's command or links makes nothing visible.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOTS = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix/store", "gnu/store")  # below /
SETTINGS = (  # below /etc
    *(
        "alternatives",
        "ca-certificates",
        "crypto-policies",
        "debian_version",
        "fonts",
        "gai.conf",
        "group",
        "host.conf",
    ),
    *("hosts", "inputrc", "java*", "ld.so.cache", "ld.so.conf*", "locale.*", "localtime", "magic*", "mime.types"),
    *("nsswitch.conf", "os-release", "passwd", "perl*", "php*", "pki/ca-trust", "pki/java", "pki/tls/certs"),
    *("protocols", "python*", "services", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone"),
)
MANAGERS = (  # the folders of version managers: the variable that names the folder, its place at home, what is shown
    ("PYENV_ROOT", ".pyenv", ""),
    ("NVM_DIR", ".nvm", ""),
    ("CARGO_HOME", ".cargo", "bin"),
    ("RUSTUP_HOME", ".rustup", ""),
    ("RBENV_ROOT", ".rbenv", ""),
    ("SDKMAN_DIR", ".sdkman", "candidates"),
    ("ASDF_DATA_DIR", ".asdf", ""),
    ("MISE_DATA_DIR", ".local/share/mise", "installs"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", ""),
)
TOOLS = ("JAVA_HOME", "GOROOT")  # variables that name the folder of one tool
VARIABLES = {  # of the judge's environment, which a submission gets
    *("HOME", "LANG", "LANGUAGE", "PATH", "TERM", "TZ", "PORT", "PYENV_VERSION", "RUSTUP_TOOLCHAIN"),
    *TOOLS,
    *(variable for variable, _, _ in MANAGERS),
}
PROGRAM_FOLDERS = ("bin", "sbin")
MAX_LINKS = 40  # in one chain


def system_roots() -> list[Path]:
    """Return the folders and files of the system itself."""
    settings = (found for name in SETTINGS for found in sorted(Path("/etc").glob(name)))
    return [path for path in (*(Path("/", name) for name in ROOTS), *settings) if os.path.lexists(path)]


def tool_roots(command: Sequence[str], secrets: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders of the tools that a command may use; none that contains a secret or the user's home."""
    protected = [*secrets, Path.home() / ".local" / "share"]  # which is in the folder of ~/.local/bin
    for path in (Path(sys.base_prefix), *_managers(), *_programs(command)):
        if os.path.exists(path) and not any(secret.is_relative_to(path) for secret in protected):
            yield path


def _managers() -> Iterator[Path]:
    for variable, place, shown in MANAGERS:
        yield Path(os.environ.get(variable) or Path.home() / place) / shown
    yield from (Path(os.environ[variable]) for variable in TOOLS if os.environ.get(variable))


def _programs(command: Sequence[str]) -> Iterator[Path]:
    """Yield the programs that are named in a command, without a path, and the folders that they are installed in."""
    for word in {word for argument in command for word in words(argument)}:
        if "/" not in word and (found := shutil.which(word, path=search_path())):
            for link in links(Path(found)):
                yield from (link.parents[1],) if link.parent.name in PROGRAM_FOLDERS else ()
                yield link


def words(text: str) -> list[str]:
    """Return the words of an argument, which may be a script for a shell."""
    with suppress(ValueError):
        return [text, *shlex.split(text)]
    return [text]


def links(path: Path) -> Iterator[Path]:
    """Yield a path, the paths that it leads to if it is a symbolic link, and the file at the end."""
    for _ in range(MAX_LINKS):
        yield path
        if not path.is_symlink():
            break
        path = Path(os.path.normpath(path.parent / os.readlink(path)))
    yield path.resolve()


def search_path() -> str:
    """Return the judge's PATH with another Python in place of the judge's own virtual environment."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if sys.prefix == sys.base_prefix:
        return os.pathsep.join(folders)
    own, base = (os.path.join(prefix, "bin") for prefix in (sys.prefix, sys.base_prefix))
    return os.pathsep.join(base if os.path.normpath(folder) == own else folder for folder in folders)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a submission needs: none that may contain a secret."""
    needed = {name: value for name, value in given.items() if name in VARIABLES or name.startswith("LC_")}
    return {**needed, "PATH": search_path()}


def outermost(paths: Iterable[Path]) -> list[Path]:
    """Return the paths without those that are inside another one."""
    found: list[Path] = []
    for path in sorted(set(paths), key=lambda path: path.parts):
        if not any(path.is_relative_to(other) for other in found):
            found.append(path)
    return found
