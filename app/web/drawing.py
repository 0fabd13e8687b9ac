"""How templates are compiled: as Jinja does it, with a cheaper way to write escaped text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.templating import Environment
from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from flask.sansio.app import App


class QuickWriter(CodeGenerator):
    """Writes `environment.safely(…)` where Jinja writes `escape(…)` around what a page puts out.

    Jinja makes a `Markup` of every piece only to join them as plain strings a moment later. A
    page of posts has hundreds of pieces, and making them was a tenth of its time.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        is_escaping = frame.eval_ctx.autoescape and not frame.eval_ctx.volatile
        if is_escaping and finalize.src is None:
            self.write("environment.safely(")
        else:
            super()._output_child_pre(node, frame, finalize)


def safely(value: object) -> str:
    """A value as it may stand in a page: markup as it is, anything else escaped."""
    if type(value) is Markup:
        return value
    if type(value) is str and value.isalnum():  # nothing in it to escape
        return value
    return escape(value)


class Pages(Environment):
    """The environment of our pages, in which a name that is not there is a fault."""

    code_generator_class = QuickWriter
    safely = staticmethod(safely)

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options, undefined=StrictUndefined)
