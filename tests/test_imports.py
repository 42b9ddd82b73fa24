"""Imports point one way, so that the engine can be read, and used, without anything above it."""

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "minigrad"

# From the ground up; what stands on one line does not know of what stands on a later one.
LAYERS = [["engine"], ["operators"], ["factors", "linalg", "machine", "methods", "special", "testing"], ["autograd"],
          ["_C", "func", "nn", "optim", "utils"],
          ["distributions", "serialization"], ["viz"], ["course"], ["grading"], ["command"], ["cli"]]  # fmt: skip
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def layer(module):
    part = (module.split(".") + [""])[1]
    return part if part in LEVEL else "engine"


def imports(module, inside_functions=True):
    """The modules of ours that a module imports, apart from what only type checkers see."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
        if isinstance(node, ast.FunctionDef) and not inside_functions:
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                if full in MODULES or origin in MODULES:
                    yield full if full in MODULES else origin


def map_in_the_readme():
    """The modules of the engine and the operators, in the README's reading order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("## The source, in reading order")[1].split("```")[1]
    modules, package = [], "minigrad"
    for line in block.splitlines():
        if folder := re.match(r"(minigrad/(?:operators/)?) ", line):
            package = folder[1].rstrip("/").replace("/", ".")
        if file := re.match(r" {4}(\w+)\.py\b", line):
            modules.append(f"{package}.{file[1]}")
    return modules


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    own = LEVEL[layer(module)]
    above = [other for other in imports(module) if LEVEL[layer(other)] > own]
    assert module == "minigrad" or not above


def test_no_import_cycle():
    # `minigrad/__init__.py` gathers the engine for the outside; inside, files import each other by name.
    graph = {module: set(imports(module, False)) - {module} for module in MODULES if module != "minigrad"}
    tuple(graphlib.TopologicalSorter(graph).static_order())


def test_the_readme_maps_every_file_of_the_engine():
    elsewhere = {"minigrad", "minigrad.operators", "minigrad._C", "minigrad.serialization", "minigrad.cli"}
    files = {name_of(path) for folder in (PACKAGE, PACKAGE / "operators") for path in folder.glob("*.py")}
    assert sorted(map_in_the_readme()) == sorted(files - elsewhere)


def test_each_file_of_the_engine_imports_only_files_above_it():
    above = {"minigrad"}
    for module in map_in_the_readme():
        assert set(imports(module)) - above == set(), f"{module} imports what comes after it in the README's map"
        above.add(module)


def test_importing_minigrad_imports_numpy_alone():
    code = """
import sys
before = set(sys.modules)
import minigrad
new = {name for name in set(sys.modules) - before}
print(*sorted({name.partition(".")[0] for name in new} - set(sys.stdlib_module_names)))
print(*sorted(name for name in new if name.startswith(("minigrad.viz", "minigrad.course", "minigrad.grading"))))
"""
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert output.splitlines() == ["minigrad numpy", ""]
