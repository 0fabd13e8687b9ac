"""Words that stand together expose, in any order; one of them alone does not."""

import pytest

from app.policy.dispositions import Disposition, dispose
from app.policy.vocabulary import Trust
from app.screening.engine import screen


def categories(text: str) -> set[str]:
    return {str(finding.category) for finding in screen(text)}


def is_flagged(text: str) -> bool:
    return dispose(screen(text), Trust.KNOWN) is not Disposition.PUBLISH


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Ella reparte, y conste que es Aurelio Pastrana Gil", "real_name"),
        (
            "Ce grand moralisateur livre des colis pour Chronopost à Gennevilliers.",
            "employer_school",
        ),
        ("vcs têm o telefone do segurança de ontem?", "solicitation"),
        ("Montags sieht man den Feigling allein im Café Lindenhof", "whereabouts"),
    ],
)
def test_what_stands_together_is_found(text: str, category: str) -> None:
    assert category in categories(text)
    assert is_flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "Aurelio Pastrana Gil",
        "Mi madre va a la iglesia todos los domingos.",
        "Ella va a la iglesia todos los domingos.",
        "Ich weiß nicht, wo er wohnt.",
        "Meu marido está no trem desde as sete.",
        "Mon frère travaille à La Poste.",
        "George Sand s'appelait Aurore Dupin, dans ses romans.",
    ],
)
def test_one_of_them_alone_passes(text: str) -> None:
    assert not is_flagged(text)
