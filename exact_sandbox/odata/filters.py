"""Parses ``$filter`` to a tree and evaluates it on rows (chapter 3.4)."""

import operator
from dataclasses import dataclass

from ..errors import syntax_error
from .lexer import tokenize

COMPARISONS = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
NUMBERS = {"Byte", "Int16", "Int32", "Int64", "Single", "Double", "Decimal"}
_FUNCTIONS = {
    "substringof": ("Boolean", 2, lambda part, text: part in text),
    "startswith": ("Boolean", 2, lambda text, part: text.startswith(part)),
    "endswith": ("Boolean", 2, lambda text, part: text.endswith(part)),
    "trim": ("String", 1, str.strip),
}


@dataclass(frozen=True)
class Constant:
    """A literal."""

    type: str
    value: object
    nullable = False

    def evaluate(self, _value_of):
        """Return the constant."""
        return self.value


@dataclass(frozen=True)
class Field:
    """A property of the row."""

    name: str
    type: str
    nullable: bool

    def evaluate(self, value_of):
        """Return the property's value."""
        return value_of(self.name)


@dataclass(frozen=True)
class Call:
    """One of the four functions; null in gives null, and a null test is false."""

    name: str
    arguments: tuple
    nullable = False

    @property
    def type(self):
        """The type the function gives."""
        return _FUNCTIONS[self.name][0]

    def evaluate(self, value_of):
        """Return the function's value."""
        values = [item.evaluate(value_of) for item in self.arguments]
        if None in values:
            return False if self.type == "Boolean" else None
        return _FUNCTIONS[self.name][2](*values)


@dataclass(frozen=True)
class Compare:
    """A property against a constant.

    Null equals only null, and is neither more nor less than anything. Texts are compared exactly,
    blanks and case included: chapter 3.4 has it that an account code without its padding finds
    nothing.
    """

    operator: str
    left: object
    right: object
    type = "Boolean"
    nullable = False

    def evaluate(self, value_of):
        """Return whether the comparison holds."""
        left, right = self.left.evaluate(value_of), self.right.evaluate(value_of)
        if left is None or right is None:
            same = left is None and right is None
            return {"eq": same, "ne": not same}.get(self.operator, False)
        return COMPARISONS[self.operator](left, right)


@dataclass(frozen=True)
class Logic:
    """``and``, ``or``, or ``not`` (with one part)."""

    operator: str
    parts: tuple
    type = "Boolean"
    nullable = False

    def evaluate(self, value_of):
        """Return whether the parts hold together."""
        values = (bool(part.evaluate(value_of)) for part in self.parts)
        if self.operator == "not":
            return not next(values)
        return all(values) if self.operator == "and" else any(values)


def _clr_name(node):
    """Return the .NET name Exact puts in its type errors; nullable types in their long form."""
    name = {"Guid": "Guid", "Null": "Object"}.get(node.type, node.type)
    return f"System.Nullable`1[System.{name}]" if node.nullable else f"System.{name}"


def _compatible(sign, left, right):
    if "Null" in (left.type, right.type):
        return sign in ("eq", "ne")
    if {left.type, right.type} <= NUMBERS:
        return True
    orderable = left.type not in ("Guid", "Boolean") or sign in ("eq", "ne")
    return left.type == right.type and orderable


class Parser:
    """A recursive descent parser for one filter over one entity."""

    MAX_DEPTH = 50

    def __init__(self, text, properties):
        self._properties = properties
        self._tokens = tokenize(text)
        self._index = 0
        self._depth = 0

    def parse(self):
        """Return the tree of the whole text; it is a condition.

        :raises ApiError: 400 for syntax, unknown properties and types that do not fit
        """
        node = self._either()
        if self._peek().kind != "end" or node.type != "Boolean":
            raise syntax_error()
        return node

    def _peek(self):
        return self._tokens[self._index]

    def _next(self):
        token = self._tokens[self._index]
        self._index += 1
        return token

    def _expect(self, text):
        if self._next().text != text:
            raise syntax_error()

    def _either(self):
        return self._chain("or", self._both)

    def _both(self):
        return self._chain("and", self._negation)

    def _chain(self, word, part):
        nodes = [part()]
        while self._peek().kind == "name" and self._peek().text == word:
            token = self._next()
            nodes.append(part())
            self._check_operands(word, token, nodes[0], nodes[-1])
        return nodes[0] if len(nodes) == 1 else Logic(word, tuple(nodes))

    def _check_operands(self, word, token, left, right):
        if left.type != "Boolean" or right.type != "Boolean":
            raise self._incompatible(word, token, left, right)

    def _negation(self):
        if self._peek().kind == "name" and self._peek().text == "not":
            self._next()
            self._enter()
            node = self._negation()
            self._depth -= 1
            if node.type != "Boolean":
                raise syntax_error()
            return Logic("not", (node,))
        return self._comparison()

    def _comparison(self):
        left = self._operand()
        if self._peek().kind != "name" or self._peek().text not in COMPARISONS:
            return left
        token = self._next()
        right = self._operand()
        if not _compatible(token.text, left, right):
            raise self._incompatible(token.text, token, left, right)
        # Chapter 3.4: a property is compared with a constant, never with another property.
        if not isinstance(left, Constant) and not isinstance(right, Constant):
            raise syntax_error()
        return Compare(token.text, left, right)

    def _operand(self):
        token = self._next()
        if token.kind == "literal":
            return Constant(token.type, token.value)
        if token.text == "(":
            self._enter()
            node = self._either()
            self._expect(")")
            self._depth -= 1
            return node
        if token.kind != "name":
            raise syntax_error()
        if self._peek().text == "(":
            return self._call(token.text)
        return self._field(token.text)

    def _enter(self):
        self._depth += 1
        if self._depth > self.MAX_DEPTH:
            raise syntax_error()

    def _field(self, name):
        found = self._properties.get(name)
        if found is None or not found.is_plain:
            raise syntax_error()
        nullable = not found.key and found.type not in ("String", "Binary")
        return Field(name, found.type, nullable)

    def _call(self, name):
        if name not in _FUNCTIONS:
            raise syntax_error()
        self._expect("(")
        self._enter()
        arguments = [self._operand()]
        while self._peek().text == ",":
            self._next()
            arguments.append(self._operand())
        self._expect(")")
        self._depth -= 1
        wrong = len(arguments) != _FUNCTIONS[name][1]
        if wrong or any(item.type != "String" for item in arguments):
            raise syntax_error()
        return Call(name, tuple(arguments))

    @staticmethod
    def _incompatible(word, token, left, right):
        return syntax_error(
            f"Operator '{word}' incompatible with operand types '{_clr_name(left)}' and "
            f"'{_clr_name(right)}' at position {token.position}."
        )


def parse_filter(text, properties):
    """Return the tree of a filter over these properties (see :class:`Parser`)."""
    return Parser(text, properties).parse()


def fields_of(node):
    """Return the names of all properties a filter mentions."""
    if isinstance(node, Field):
        return {node.name}
    children = ()
    if isinstance(node, Compare):
        children = (node.left, node.right)
    elif isinstance(node, Logic):
        children = node.parts
    elif isinstance(node, Call):
        children = node.arguments
    return set().union(*map(fields_of, children))


def conjuncts(node):
    """Return the conditions that must all hold."""
    if isinstance(node, Logic) and node.operator == "and":
        return [item for part in node.parts for item in conjuncts(part)]
    return [] if node is None else [node]
