"""The loader: finds the application that an option names, such as shop:app or shop:create_app("x")."""

import ast
import os
import sys
import traceback
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

FORM = (
    "MODULE:APP, where APP is a name, such as app or site.app, or a call with constants, such as create_app('x', y=1)"
)


class LoadError(Exception):
    """The application cannot be loaded; the message is the reason in plain words."""


class Expression(NamedTuple):
    """a.b.c, or a call of it."""

    names: list[str]
    is_call: bool
    arguments: list[Any]
    keywords: dict[str, Any]


def load_application(name: str) -> Any:
    """Import MODULE and return the APP of MODULE:APP, which can be called. Raises LoadError.

    If the application's own code fails, its traceback is printed to standard error.
    """
    module, _, text = name.partition(":")
    try:
        if not all(module.split(".")):
            raise ValueError("not a module")
        expression = parse_expression(text)
    except (SyntaxError, ValueError, TypeError):
        raise LoadError(f"{name!r} is not {FORM}") from None
    application: Any = load_module(module)
    for each in expression.names:
        application = attribute(application, each)
    if expression.is_call:
        application = make(application, expression, name)
    if not callable(application):
        raise LoadError(f"{name} is {type(application).__name__}, which cannot be called")
    return application


def parse_expression(text: str) -> Expression:
    """Raise SyntaxError, ValueError or TypeError if the text is neither names with dots nor a call with constants."""
    node = ast.parse(text, mode="eval").body
    if not isinstance(node, ast.Call):
        return Expression(dotted_names(node), False, [], {})
    arguments = [ast.literal_eval(each) for each in node.args]
    keywords = {each.arg or "": ast.literal_eval(each.value) for each in node.keywords}
    if "" in keywords:  # **
        raise ValueError("a call with **")
    return Expression(dotted_names(node.func), True, arguments, keywords)


def dotted_names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*dotted_names(node.value), node.attr]
    if isinstance(node, ast.Name):
        return [node.id]
    raise ValueError("not a name")


def load_module(name: str) -> ModuleType:
    """Import a module, also one in the current directory. Raises LoadError."""
    if not {"", os.getcwd()}.intersection(sys.path):
        sys.path.insert(0, os.getcwd())
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:
        if not (isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}.")):
            traceback.print_exc()
        raise LoadError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def attribute(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError as error:
        raise LoadError(str(error)) from error


def make(factory: Any, call: Expression, name: str) -> Any:
    """Return the application that a factory makes. Raises LoadError."""
    try:
        return factory(*call.arguments, **call.keywords)
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        raise LoadError(f"{name} failed: {type(error).__name__}: {error}") from error
