"""How large functions and files of the product are: a look in the mirror, not a limit."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

PRODUCT = ("wificore", "tenants", "radius", "transactions")


def report(root: Path) -> str:
    """Median and largest function and file, in lines."""
    files = [(path, path.read_text(encoding="utf-8")) for path in product_files(root)]
    lengths = [(len(text.splitlines()), str(path.relative_to(root))) for path, text in files]
    functions = [
        (lines, f"{path.relative_to(root)}: {name}")
        for path, text in files
        for lines, name in function_lengths(text)
    ]
    return f"sizes: {_summary('function', functions)}; {_summary('file', lengths)}"


def product_files(root: Path) -> Iterator[Path]:
    """Python files of the product; migrations are generated."""
    for package in PRODUCT:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def function_lengths(source: str) -> Iterator[tuple[int, str]]:
    """Lines from `def` to the end, and the name, of every function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, node.name


def _summary(what: str, sizes: list[tuple[int, str]]) -> str:
    if not sizes:
        return f"no {what}"
    median = statistics.median(size for size, _ in sizes)
    largest, where = max(sizes)
    return f"{len(sizes)} {what}s, median {median:.0f} lines, largest {largest} ({where})"
