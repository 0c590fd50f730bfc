"""Mutants: a solution changed in one small place, as a slip of the reader would change it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SWAPS: dict[type, list[type]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}
CALLS = (
    ("sum", "mean"),
    ("ceil", "floor"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("append", "extend"),
    ("normal", "uniform"),
    ("cumsum", "cumprod"),
    ("sqrt", "square"),
    ("sin", "cos"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("var", "std"),
    ("any", "all"),
)
OTHER = dict(CALLS) | {other: one for one, other in CALLS}
ALONE = {"abs", "sorted", "reversed", "round", "sign", "sqrt"}
"""Calls whose first argument could stand by itself."""


LEFT_OUT = ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.Return, ast.For, ast.While


@dataclass(frozen=True)
class Mutant:
    """A changed program, and the change: the line before and after."""

    code: str
    line: int
    change: str


def mutants(code: str) -> list[Mutant]:
    """The programs that differ from this one in one place."""
    found = {}
    tree = ast.parse(code)
    for node in walk(tree):
        for text in (*changed(node), *["pass"] * isinstance(node, LEFT_OUT)):
            mutant = put(code, node, text)
            found[mutant.code] = mutant
    plain = ast.unparse(tree)
    return [one for one in found.values() if ast.unparse(ast.parse(one.code)) != plain]


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """All that a slip could change: no imports, no documentation, no words."""
    yield node
    for inner in ast.iter_child_nodes(node):
        is_text = isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant)
        if not (is_text or isinstance(inner, ast.Import | ast.ImportFrom | ast.JoinedStr)):
            yield from walk(inner)


def put(code: str, node: ast.AST, text: str) -> Mutant:
    """The code with another text in a node's place."""
    lines = code.encode().split(b"\n")
    first, last = node.lineno - 1, (node.end_lineno or 0) - 1  # type: ignore[attr-defined]
    head = lines[first][: node.col_offset]  # type: ignore[attr-defined]
    tail = lines[last][node.end_col_offset :]  # type: ignore[attr-defined]
    before = b" ".join(line.strip() for line in lines[first : last + 1]).decode()
    new = head.decode() + text + tail.decode()
    changed = "\n".join(
        [*map(bytes.decode, lines[:first]), new, *map(bytes.decode, lines[last + 1 :])]
    )
    after = " ".join(line.strip() for line in new.split("\n"))
    return Mutant(changed, first + 1, f"{before} → {after}")


def changed(node: ast.AST) -> Iterator[str]:
    """What could stand in a node's place."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for op in SWAPS.get(type(node.op), []):
            yield again(node, op=op())
    elif isinstance(node, ast.BoolOp):
        yield again(node, op=SWAPS[type(node.op)][0]())
        yield from (ast.unparse(value) for value in node.values)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in SWAPS.get(type(node.ops[0]), []):
            yield again(node, ops=[op()])
    elif isinstance(node, ast.UnaryOp):
        yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant):
        yield from constants(node.value)
    elif isinstance(node, ast.Call):
        yield from calls(node)
    elif isinstance(node, ast.IfExp):
        yield f"({ast.unparse(node.body)})"
        yield f"({ast.unparse(node.orelse)})"


def again(node: ast.AST, **fields: object) -> str:
    """A node with other fields, as text."""
    copy = type(node)(**(dict(ast.iter_fields(node)) | fields))
    text = ast.unparse(ast.fix_missing_locations(copy))
    return text if isinstance(node, ast.Call | ast.stmt) else f"({text})"


def constants(value: object) -> Iterator[str]:
    """Other constants: by one, and by a percent."""
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield from (f"({value + 1})", f"({value - 1})")
    elif isinstance(value, float):
        yield from (f"({value + 1!r})", f"({value * 1.01!r})")


def calls(node: ast.Call) -> Iterator[str]:
    """Another call, or the same with an argument less."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in OTHER:
        text = ast.unparse(node.func).removesuffix(name) + OTHER[name]
        yield again(node, func=ast.parse(text, mode="eval").body)
    if name in ALONE and node.args:
        yield f"({ast.unparse(node.args[0])})"
    for i in range(1, len(node.args)):
        yield again(node, args=node.args[:i] + node.args[i + 1 :])
    for keyword in node.keywords:
        yield again(node, keywords=[other for other in node.keywords if other is not keyword])
