"""The user's code is where the declaration says; it is read and never imported."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.subject import Subject, UnreadableFile, read_text
from constructs_lib.declaration.field_names import nearest
from constructs_lib.declaration.user_code import user_code
from constructs_lib.errors import Fault
from constructs_lib.model.units import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 1_000_000
"""Size of the largest module or requirements file that is read."""
_PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._ -]*\])?\s*==\s*[^\s;,]+")
_HASH = re.compile(r"--hash[= ](sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})\b")


def handlers_exist(subject: Subject) -> Iterator[Fault]:
    """Each handler's module is in the code folder and defines the function."""
    for code in user_code(subject.declaration):
        folder = subject.path(code.folder)
        if folder.is_dir():
            for path, handler in code.handlers:
                yield from _handler_faults(folder, handler, path)
        else:
            found = f"{code.folder} is no folder"
            fix = f"correct the path, which starts at {folder.parent}"
            yield Fault("code-missing", f"{code.place}.code", found, "a folder", fix)


def _handler_faults(folder: Path, handler: str, path: str) -> Iterator[Fault]:
    module, _, function = handler.partition(":")
    file = module_file(folder, module)
    if file is None:
        expected = f"{module.replace('.', '/')}.py below {folder}"
        yield Fault("handler-missing", path, f"no module {module}", expected, "correct handler or code")
        return
    try:
        names = _top_names(read_text(file, MAX_BYTES), str(file))
    except (UnreadableFile, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        found = f"{file} cannot be parsed: {error}"
        yield Fault("handler-not-python", path, found, "Python", f"correct line {line}" if line else "correct it")
        return
    if function not in names:
        close = nearest(function, names)
        fix = f"did you mean {module}:{close}?" if close else f"define {function} at the top of {file}"
        found = f"no {shown(function)} in {file}"
        yield Fault("handler-missing", path, found, "a function at the top of the module", fix)


def module_file(folder: Path, module: str) -> Path | None:
    """Return the file of a module below a folder."""
    base = folder.joinpath(*module.split("."))
    candidates = (base.with_name(f"{base.name}.py"), base / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


@lru_cache(maxsize=256)
def _top_names(source: str, name: str) -> frozenset[str]:
    """Return the names that a module binds to something callable at its top level; each text is parsed once."""
    names: set[str] = set()
    for node in ast.parse(source, name).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(names)


def requirements_are_pinned(subject: Subject) -> Iterator[Fault]:
    """Each dependency is one version with its hash, so that a build is the same tomorrow."""
    for code in user_code(subject.declaration):
        if code.requirements is not None:
            yield from _requirement_faults(subject, code.requirements, f"{code.place}.requirements")


def _requirement_faults(subject: Subject, name: str, path: str) -> Iterator[Fault]:
    try:
        text = read_text(subject.path(name), MAX_BYTES)
    except UnreadableFile as error:
        allowed = "a requirements file with hashes"
        yield Fault("requirements-missing", path, f"{name} {error}", allowed, "correct the path")
        return
    for requirement in _requirements(text):
        if not (_PIN.match(requirement) and _HASH.search(requirement)):
            yield Fault(
                "requirement-without-hash",
                path,
                f"{name}: {shown(requirement.split(' --hash')[0])}",
                "name==version --hash=sha256:…",
                "lock the file: uv pip compile --generate-hashes",
            )


def _requirements(text: str) -> Iterator[str]:
    """Yield the requirements, each as one line, without comments and options of the file."""
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        requirement = re.sub(r"(^|\s)#.*", "", line).strip()
        if requirement and not requirement.startswith("--"):
            yield re.sub(r"\s+", " ", requirement)
