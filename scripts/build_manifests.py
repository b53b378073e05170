"""Write the agents' packages from `manifests/source.yaml`.

    python scripts/build_manifests.py [--check]

With `--check` nothing is written: what differs is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import jinja2
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from versions import current

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = "manifests/source.yaml"
TEMPLATES: Final = "manifests/templates"
READABLE: Final = 0o644
EXECUTABLE: Final = 0o755

OPTIONAL: Final = {"arguments": "", "changes": False, "steps": ()}
"""What a slash command may leave out."""

Entry = dict[str, Any]
"""One mapping of the source."""


class SourceError(Exception):
    """The source cannot be built from; the message is a sentence for whoever edits it."""


class File(NamedTuple):
    """One file of a package, as it has to be."""

    content: bytes
    mode: int = READABLE


def main() -> int:
    """Write or check the packages; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    only_check = parser.parse_args().check
    try:
        source = load_source(ROOT)
        files = build_files(ROOT, source)
    except SourceError as error:
        print(f"build_manifests: {error}", file=sys.stderr)
        return 1
    stale = stale_files(ROOT, source, files)
    if only_check:
        return check(ROOT, files, stale)
    write(ROOT, files, stale)
    return 0


# The source


def load_source(root: Path) -> Entry:
    """Read the source.

    Raises:
        SourceError: it is missing, or not a mapping of YAML.
    """
    path = root / SOURCE
    try:
        source = YAML(typ="safe").load(path)
    except FileNotFoundError as error:
        raise SourceError(f"{SOURCE} is missing") from error
    except YAMLError as error:
        raise SourceError(f"{SOURCE} cannot be read: {error}") from error
    if not isinstance(source, dict):
        raise SourceError(f"{SOURCE} holds no mapping")
    return source


def get(entry: Entry, path: str, where: str = SOURCE) -> Any:  # noqa: ANN401 - whatever the source holds there
    """Give what the source says at a dotted path.

    Raises:
        SourceError: nothing is said there.
    """
    value: Any = entry
    for key in path.split("."):
        if not isinstance(value, dict) or value.get(key) in (None, "", [], {}):
            raise SourceError(f"{where} says nothing at `{path}`")
        value = value[key]
    return value


# What is built


def build_files(root: Path, source: Entry) -> dict[str, File]:
    """Build every file, by its path in the repository; each is there again in the bundle.

    Raises:
        SourceError: the source is incomplete, or names a file that is not there.
    """
    product = {**get(source, "product"), "version": current(root).semver}
    commands = slash_commands(source)
    templates = load_templates(root)
    files = {get(source, "marketplace.file"): as_json(marketplace(source, product))}
    for folder, package in get(source, "packages").items():
        for name, origin in get(package, "copies", f"package {folder}").items():
            files[f"{folder}/{name}"] = copy(root, origin)
        for name in get(package, "pages", f"package {folder}"):
            facts = {"product": product, "commands": commands}
            files[f"{folder}/{name}"] = render(templates, f"{folder}/{name}.j2", facts)
    for agent_id, agent in get(source, "agents").items():
        folder = get(agent, "package", f"agent {agent_id}")
        built = agent_files(agent_id, agent, product)
        built |= command_files(agent_id, agent, commands, templates)
        for name, file in built.items():
            if files.setdefault(f"{folder}/{name}", file) != file:
                raise SourceError(f"agent {agent_id} makes another {folder}/{name} than is made")
    bundle = get(source, "bundle")
    return dict(sorted({**files, **{f"{bundle}/{name}": files[name] for name in files}}.items()))


def marketplace(source: Entry, product: Entry) -> Entry:
    """Give the listing from which agents install the plugin."""
    plugin = {
        "name": get(product, "name"),
        "source": f"./{get(source, 'marketplace.package')}",
        "version": product["version"],
        "description": get(product, "description"),
        "category": get(source, "marketplace.category"),
        "keywords": get(product, "keywords"),
    }
    return {
        "name": plugin["name"],
        "owner": get(product, "author"),
        "description": plugin["description"],
        "plugins": [plugin],
    }


def slash_commands(source: Entry) -> Entry:
    """Give the slash commands by name, each with all its keys."""
    commands = {}
    for name, told in get(source, "commands").items():
        command = {"name": name, **OPTIONAL, **get({name: told}, name)}
        get(command, "description", f"command {name}")
        get(command, "steps" if command["steps"] else "after", f"command {name}")
        commands[name] = command
    return commands


def agent_files(agent_id: str, agent: Entry, product: Entry) -> dict[str, File]:
    """Build an agent's manifest and hooks, by their path in its package."""
    where = f"agent {agent_id}"
    files = {}
    if "manifest" in agent:
        told = {name: get(product, name) for name in get(agent, "manifest.fields", where)}
        own = get(agent, "manifest.own", where) if "own" in agent["manifest"] else {}
        files[get(agent, "manifest.file", where)] = as_json(told | own)
    if "hooks" in agent:
        files[get(agent, "hooks.file", where)] = as_json(hooks(agent, where))
    return files


def hooks(agent: Entry, where: str) -> Entry:
    """Give the registration of all of an agent's events."""
    root, word = get(agent, "hooks.root", where), get(agent, "hooks.word", where)
    registered = {}
    for event in get(agent, "hooks.events", where):
        command = f'sh "{root}/wrappers/shim.sh" {word} {event} >/dev/null 2>&1 || true'
        hook = {"type": "command", "command": command, **timeout(agent, event, where)}
        registered[event] = [{"hooks": [hook]}]
    return {"hooks": registered}


def timeout(agent: Entry, event: str, where: str) -> Entry:
    """Give the time-out of an event's hook under the agent's own key; empty when it has none."""
    told = agent["hooks"].get("timeout")
    if not told:
        return {}
    value = get(agent, "hooks.timeout.value", where)
    return {get(agent, "hooks.timeout.key", where): told.get(event, value)}


def command_files(
    agent_id: str, agent: Entry, commands: Entry, templates: jinja2.Environment
) -> dict[str, File]:
    """Build every slash command as an agent reads it, by its path in the agent's package."""
    where = f"agent {agent_id}"
    launcher = get(agent, "commands.launcher", where)
    files = {}
    for pattern, template in get(agent, "commands.files", where).items():
        for name, command in commands.items():
            path = pattern.format(name=name)
            facts = {"command": command, "file": path, "launcher": launcher}
            files[path] = render(templates, template, facts)
    return files


def load_templates(root: Path) -> jinja2.Environment:
    """Make templates fail where they name what is not there."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML is made
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    environment.globals["source"] = SOURCE
    return environment


def render(templates: jinja2.Environment, name: str, facts: Entry) -> File:
    """Give a file written from a template.

    Raises:
        SourceError: there is no such template, or it names what the source does not say.
    """
    try:
        text = templates.get_template(name).render(facts)
    except jinja2.TemplateError as error:
        raise SourceError(f"{TEMPLATES}/{name} cannot be rendered: {error}") from error
    return File((text.rstrip("\n") + "\n").encode())


def as_json(value: Entry) -> File:
    """Give a JSON file."""
    return File((json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


def copy(root: Path, origin: str) -> File:
    """Give a file of the repository as it is.

    Raises:
        SourceError: it is not there.
    """
    path = root / origin
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{origin} is missing") from error
    return File(content, EXECUTABLE if content.startswith(b"#!") else READABLE)


# What is there


def stale_files(root: Path, source: Entry, files: dict[str, File]) -> list[str]:
    """List what lies in the generated folders and is not generated."""
    made = [*get(source, "packages"), get(source, "marketplace.file")]
    folders = {get(source, "bundle"), *(Path(name).parts[0] for name in made)}
    there = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    return sorted({path.relative_to(root).as_posix() for path in there} - files.keys())


def check(root: Path, files: dict[str, File], stale: list[str]) -> int:
    """Print what differs; returns the exit code."""
    drifts = [text for name, file in files.items() if (text := drift(root, name, file))]
    drifts += [f"DRIFT: {name}\nis not made from {SOURCE}\n" for name in stale]
    print(*drifts, sep="\n", end="")
    return 1 if drifts else 0


def drift(root: Path, name: str, file: File) -> str:
    """Say how a file differs from what it has to be; empty when it does not."""
    path = root / name
    if not path.exists():
        return f"DRIFT: {name}\nis missing\n"
    content = path.read_bytes()
    if content != file.content:
        return f"DRIFT: {name}\n{difference(content, file.content, name)}"
    if os.name == "posix" and (path.stat().st_mode & 0o111) != (file.mode & 0o111):
        return f"DRIFT: {name}\nhas not the mode {file.mode:o}\n"
    return ""


def difference(old: bytes, new: bytes, name: str) -> str:
    """Give a unified diff; line ends that differ are seen too."""
    before, after = (
        [ascii(line)[1:-1] if "\r" in line else line for line in text.split("\n")]
        for text in (old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))
    )
    lines = difflib.unified_diff(before, after, name, SOURCE, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def write(root: Path, files: dict[str, File], stale: list[str]) -> None:
    """Write what differs, name it, and take away what is stale."""
    for name, file in files.items():
        if drift(root, name, file):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
            path.chmod(file.mode)
            print(name)
    for name in stale:
        path = root / name
        path.unlink()
        while not any((path := path.parent).iterdir()):
            path.rmdir()
        print(f"{name} is gone")


if __name__ == "__main__":
    sys.exit(main())
