"""Third-party front-end files: copy them from npm, or prove the copies untouched.

`vendor.py update` runs `npm ci --ignore-scripts` (package-lock.json pins version and
SHA-512 of each package), copies what FILES names to static/vendor and writes
vendor.lock.json. `vendor.py check` needs neither network nor Node: it fails when a copy
was changed, is missing or is not listed, or comes from a version other than the pinned.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

HERE = Path(__file__).resolve().parent
COPIES = HERE.parent.parent / "static" / "vendor"
LOCK = HERE / "vendor.lock.json"
PACKAGES = HERE / "package.json"
ICONS = (
    "arrow-down",
    "arrow-repeat",
    "arrow-up",
    "box-arrow-right",
    "check-circle-fill",
    "check-lg",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "clock-fill",
    "cloud-slash-fill",
    "copy",
    "dash-circle",
    "download",
    "exclamation-octagon-fill",
    "exclamation-triangle-fill",
    "file-earmark-lock2",
    "hdd-network",
    "info-circle",
    "key",
    "list",
    "patch-exclamation-fill",
    "pause-circle",
    "pencil",
    "people",
    "person",
    "plus-lg",
    "search",
    "shield-check",
    "shield-fill-x",
    "trash",
    "upload",
    "x-lg",
    "x-octagon-fill",
)
FILES = {  # package: {file in the package: place in static/vendor}
    "bootstrap": {
        "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
        "LICENSE": "bootstrap/LICENSE",
    },
    "htmx.org": {
        "dist/htmx.min.js": "htmx/htmx.min.js",
        "LICENSE": "htmx/LICENSE",
    },
    "@fontsource-variable/ibm-plex-sans": {
        **{
            f"files/ibm-plex-sans-{part}-wght-normal.woff2": (
                f"fonts/ibm-plex-sans-{part}-wght-normal.woff2"
            )
            for part in ("latin", "latin-ext")
        },
        "LICENSE": "fonts/LICENSE-ibm-plex-sans",
    },
    "@fontsource/ibm-plex-mono": {
        "files/ibm-plex-mono-latin-400-normal.woff2": (
            "fonts/ibm-plex-mono-latin-400-normal.woff2"
        ),
        "LICENSE": "fonts/LICENSE-ibm-plex-mono",
    },
    "bootstrap-icons": {
        **{f"icons/{name}.svg": f"icons/{name}.svg" for name in ICONS},
        "LICENSE": "icons/LICENSE",
    },
}
# The storage of hashed file names fails on a source map that is not there: that one
# comment is cut, nothing else is changed.
SOURCE_MAP = re.compile(
    rb"\s*(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*\Z"
)


class Entry(TypedDict):
    """Where a copy comes from, and what it must be."""

    package: str
    version: str
    file: str
    bytes: int
    sha256: str


def update() -> None:
    """Install the pinned packages, copy FILES and write the list of them."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed. Only an update needs it.")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=HERE, check=True)  # noqa: S603 - nothing from outside
    shutil.rmtree(COPIES, ignore_errors=True)
    lock: dict[str, Entry] = {}
    for package, files in FILES.items():
        source = HERE / "node_modules" / package
        version = json.loads((source / "package.json").read_text())["version"]
        for file, place in files.items():
            data = (source / file).read_bytes()
            if place.endswith((".css", ".js")):
                data = SOURCE_MAP.sub(b"\n", data)
            copy = COPIES / place
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
            lock[place] = {
                "package": package,
                "version": version,
                "file": file,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
    LOCK.write_text(json.dumps(dict(sorted(lock.items())), indent=2) + "\n")
    shutil.rmtree(HERE / "node_modules")


def problems(copies: Path) -> list[str]:
    """Every way in which `copies` is not what the list says."""
    lock: dict[str, Entry] = json.loads(LOCK.read_text())
    pinned: dict[str, str] = json.loads(PACKAGES.read_text())["dependencies"]
    found = {
        path.relative_to(copies).as_posix(): path
        for path in copies.rglob("*")
        if path.is_file()
    }
    wrong = [f"not listed: {place}" for place in sorted(found.keys() - lock.keys())]
    for place, entry in lock.items():
        if place not in found:
            wrong.append(f"missing: {place}")
            continue
        digest = hashlib.sha256(found[place].read_bytes()).hexdigest()
        if digest != entry["sha256"]:
            wrong.append(f"changed: {place}")
        if pinned.get(entry["package"]) != entry["version"]:
            wrong.append(f"not of the pinned version: {place}")
    return wrong


def main() -> int:
    """Run the command that was asked for; 1 when the check finds something."""
    parser = argparse.ArgumentParser(description="Third-party front-end files.")
    parser.add_argument("command", choices=("update", "check"))
    parser.add_argument("--copies", type=Path, default=COPIES, help="what to check")
    options = parser.parse_args()
    if options.command == "update":
        update()
    wrong = problems(options.copies)
    sys.stdout.write("\n".join(wrong or ["The vendored files are as listed."]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
