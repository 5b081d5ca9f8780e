"""The language in which people word mails: Django's templates, with almost nothing.

There are the variables that are handed in, each named in advance, and the few tags and
filters below. Nothing is loaded, included or looked up in an object; what comes out is
bounded. So a wording that was saved cannot fail later, and cannot reach anything.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.template import Context, Library, TemplateSyntaxError, defaultfilters
from django.template.base import (
    UNKNOWN_SOURCE,
    FilterExpression,
    Lexer,
    Node,
    NodeList,
    Origin,
    Parser,
    Template,
    Token,
    TokenType,
    Variable,
)
from django.template.defaulttags import do_if
from django.template.engine import Engine

from accounts import dates

LOOPS = ("warnings", "warning")  # what can be gone through, and what one is called
UNFILTERED = "list"  # stands as it is
DEEPEST = 5  # tags in each other
MOST_WORDS = 30  # in a tag
LONGEST = 200_000  # characters that come out
TOO_LONG = "More comes out than a mail can hold."
_CONSTANTS = {"True", "False", "None"}
_LINE = re.compile(r" on line \d+|, expected.*$", re.DOTALL)


class WordingError(Exception):
    """The wording cannot be used; says why, and in which line."""


class Wording:
    """A text with variables in it, which was found to be good."""

    def __init__(self, source: str, *, variables: Collection[str]) -> None:
        self._template = _template(source, frozenset(variables))
        self.names = self._template.names

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the text with `values`, plain data. Raises WordingError."""
        context = Context(dict(values), autoescape=False)
        try:
            text = str(self._template.render(context))
        except WordingError:
            raise
        except Exception as error:  # a filter may meet anything
            problem = f"It could not be worded ({type(error).__name__})."
            raise WordingError(problem) from error
        return _bounded(text)


def _template(source: str, variables: frozenset[str]) -> "_Template":
    try:
        return _Template(source, variables)
    except TemplateSyntaxError as error:
        token = getattr(error, "token", None)
        line = getattr(token, "lineno", None)
        problem = _LINE.sub("", str(error)).strip()
        where = f"Line {line}: " if line else ""
        raise WordingError(f"{where}{problem}") from error


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise WordingError(TOO_LONG)
    return text


class _Parser(Parser):
    """Knows the tags and filters of this module, and the variables it was told."""

    def __init__(self, tokens: list[Token], variables: frozenset[str]) -> None:
        super().__init__(tokens, {}, [LANGUAGE], Origin(UNKNOWN_SOURCE))
        self.variables = variables
        self.names: set[str] = set()  # that are in use

    def compile_filter(self, token: str) -> FilterExpression:
        expression = super().compile_filter(token)
        for variable in _variables(expression):
            self._check(variable)
        if str(expression.var) == UNFILTERED and (
            expression.filters or self.is_in_loop
        ):
            problem = f"{UNFILTERED} takes no filters and stands in no loop."
            raise TemplateSyntaxError(problem)
        return expression

    def invalid_block_tag(
        self, token: Token, command: str, parse_until: Any = None
    ) -> None:
        raise self.error(token, f"There is no tag “{command}” here.")

    def _check(self, variable: Variable) -> None:
        if variable.lookups is None:
            return  # a number or a text
        name = ".".join(variable.lookups)
        self.names.add(name)
        is_known = name in self.variables or name in _CONSTANTS
        if not is_known:
            raise TemplateSyntaxError(f"There is no variable “{name}”.")
        item = LOOPS[1]
        if variable.lookups[0] == item and not self.is_in_loop:
            loop = f"{{% for {item} in {LOOPS[0]} %}}"
            raise TemplateSyntaxError(f"“{name}” is known only inside {loop}.")

    @property
    def is_in_loop(self) -> bool:
        return any(command == "for" for command, _ in self.command_stack)


class _Template(Template):
    def __init__(self, source: str, variables: frozenset[str]) -> None:
        self._variables = variables
        super().__init__(source, engine=Engine(autoescape=False))

    def compile_nodelist(self) -> NodeList:
        tokens = Lexer(self.source).tokenize()
        parser = _Parser(list(tokens), self._variables)
        for token in tokens:
            is_tag = token.token_type == TokenType.BLOCK
            if is_tag and len(token.split_contents()) > MOST_WORDS:
                raise parser.error(token, "This tag is too long.")
        self.names = parser.names
        return parser.parse()


class _Loop(Node):
    """Goes through the warnings, no further than a mail can hold."""

    def __init__(self, body: NodeList) -> None:
        self.nodelist = body

    def render(self, context: Context) -> str:
        parts = []
        for item in context[LOOPS[0]]:
            with context.push(**{LOOPS[1]: item}):
                parts.append(self.nodelist.render(context))
            spent = int(context.render_context.get("spent") or 0) + len(parts[-1])
            if spent > LONGEST:
                raise WordingError(TOO_LONG)
            context.render_context["spent"] = spent
        return "".join(parts)


def _for(parser: _Parser, token: Token) -> _Loop:
    _check_depth(parser)
    parser.names.add(LOOPS[0])
    if token.split_contents() != ["for", LOOPS[1], "in", LOOPS[0]]:
        loop = f"{{% for {LOOPS[1]} in {LOOPS[0]} %}}"
        raise TemplateSyntaxError(f"The only loop there is reads {loop}.")
    if [command for command, _ in parser.command_stack].count("for") > 1:
        raise TemplateSyntaxError("There is no loop inside a loop.")
    body = parser.parse(("endfor",))
    parser.delete_first_token()
    return _Loop(body)


def _if(parser: Parser, token: Token) -> Node:
    _check_depth(parser)
    return do_if(parser, token)


def _check_depth(parser: Parser) -> None:
    if len(parser.command_stack) > DEEPEST:
        raise TemplateSyntaxError(f"Tags are more than {DEEPEST} deep in each other.")


def _variables(expression: FilterExpression) -> list[Variable]:
    given = [each for _, arguments in expression.filters for each in arguments]
    found = [expression.var, *(value for is_variable, value in given if is_variable)]
    return [each for each in found if isinstance(each, Variable)]


def _date(value: date | str | None, form: str | None = None) -> str:
    with dates.in_words():
        return str(defaultfilters.date(value, form))


LANGUAGE = Library()
LANGUAGE.tag("if", _if)
LANGUAGE.tag("for", _for)
LANGUAGE.filter("date", _date, expects_localtime=True)
for _filter in ("default", "length", "lower", "pluralize", "truncatechars", "upper"):
    LANGUAGE.filter(_filter, getattr(defaultfilters, _filter))
FILTERS = tuple(sorted(LANGUAGE.filters))
TAGS = tuple(sorted(LANGUAGE.tags))
