"""The arrows of the README's architecture, held against the code's own imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "bot": {"torch", "torchvision"},
    "gan": {"bot", "storage", "discord", "sqlite3", "sqlite_utils"},
    "storage": {"bot", "gan", "discord", "torch", "torchvision"},
}


def imported_packages(file: Path) -> set[str]:
    """Top-level package names that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_follow_the_arrows(package):
    offenders = {
        str(file.relative_to(ROOT)): imported_packages(file) & FORBIDDEN[package]
        for file in (ROOT / package).rglob("*.py")
    }
    assert {file: names for file, names in offenders.items() if names} == {}


@pytest.mark.parametrize("module", ["bot.client", "bot.cli", "gan.request", "gan.serving.pool", "storage"])
def test_the_bots_process_never_loads_torch(module):
    script = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120).returncode == 0


def test_top_level_holds_only_what_the_architecture_names():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.split("/")[0] for line in tracked.splitlines() if "/" in line}
    assert {name for name in folders if not name.startswith(".")} == {"bot", "gan", "storage", "tests"}
