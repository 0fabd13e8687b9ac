"""The norms that a new community begins with; the operator edits them."""

from __future__ import annotations

from flask_babel import gettext as _


def first_norms() -> str:
    """The norms in Markdown, the anti-doxxing rule first."""
    norms = (
        _(
            "**Nobody is exposed here.** Never write, ask or hint who a member is: no names, no "
            "addresses, no workplaces, no faces, no accounts elsewhere. Not as a joke, not in "
            "anger, not because you believe it is known anyway."
        ),
        _(
            "**Give away little of yourself.** Leave out places, dates and names. Once somebody "
            "has copied a text, nobody can call it back."
        ),
        _(
            "**Speak to people as you would to somebody you may meet tomorrow.** No harassment, "
            "no threats."
        ),
        _("**No advertising, and nothing that harms others.** Anonymity is for safety here."),
        _("**If somebody is exposed, report it at once** and do not repeat what was said."),
    )
    return "\n\n".join(f"{number}. {norm}" for number, norm in enumerate(norms, start=1))
