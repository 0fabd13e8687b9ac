"""Would a learned second opinion make the filter better? `python -m benchmarks.second_opinion`.

Trains a logistic regression on all labelled lines but the two measures, over the shape of a text
(words, pieces of words and symbols of the lexicon, with names, numbers, links and unknown words
replaced by their class) and over what the engine itself found, weak candidates included. It is
judged file by file, each time trained on all the other files, and at last on the measures, of which
only totals are printed. Needs scikit-learn, which the project does not ship or install.

Further arguments are files: `*.jsonl` are more labelled lines, any other is ordinary talk, a post a
line, of which every other line is trained on as harmless and the rest measured.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from app.policy.dispositions import judge_finding
from app.screening import engine
from app.screening.findings import Category, Finding
from app.screening.lexicon import GIVEN, SURNAME
from app.screening.tokens import View
from benchmarks.screening import FOLDERS, TRUST, lines

MEASURES: Final = ("check", "blind_check")
# What rests on words; the others rest on digits, check digits and hosts, and are never vetoed.
CONTEXTUAL: Final = frozenset(
    {
        Category.REAL_NAME,
        Category.EMPLOYER_SCHOOL,
        Category.SOLICITATION,
        Category.ACCOUNT_LINK,
        Category.WHEREABOUTS,
        Category.EXPOSURE_THREAT,
        Category.ACCUMULATION,
    }
)
VETO: Final = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
ADD: Final = (0.99, 0.97, 0.95, 0.9, 0.85, 0.8)
WEAKEST: Final = 0.02  # candidates as unlikely as this are evidence for the model


@dataclass
class Line:
    """One labelled text as the model sees it."""

    file: str
    language: str
    categories: tuple[str, ...]
    is_exposing: bool
    is_flagged: bool
    is_contextual: bool  # flagged, and by nothing that rests on digits
    words: str
    found: dict[str, float]
    chance: float = 0.0


def shape(view: View) -> Iterator[str]:
    """Yield the words of a text, those that name or count something as their class."""
    for key, flags, symbol, start, end in zip(
        view.keys, view.flags, view.symbols, view.starts, view.ends, strict=True
    ):
        said = view.text[start:end]
        if said[0].isdigit():
            yield f"N{min(len(said), 9)}"
        elif not said[0].isalpha():
            yield key if len(key) == 1 else "H"
        elif symbol < "\x87" and symbol > "\x7f":
            yield f"Z{ord(symbol):x}"
        elif flags & ~(GIVEN | SURNAME):
            yield key
        elif flags & (GIVEN | SURNAME):
            yield "G" if flags & GIVEN else "S"
        else:
            yield "U" if said[0].isupper() else "u"


def seen(text: str) -> tuple[str, dict[str, float]]:
    """Return the shape of a text, and what the engine finds in it as features."""
    lexicon = engine.lexicon_for(engine.SHIPPED)
    view = next(iter(engine.views(text, lexicon)))
    features: Counter[str] = Counter()
    engine_dropped = engine.DROPPED_BELOW
    engine.DROPPED_BELOW = WEAKEST  # type: ignore[misc]  # what is dropped else is evidence here
    try:
        findings = engine.screen(text)
    finally:
        engine.DROPPED_BELOW = engine_dropped  # type: ignore[misc]  # as above
    for finding in findings:
        name = f"{finding.category}"
        features[f"sure {name}"] = max(features[f"sure {name}"], finding.confidence)
        features[f"about {name} {finding.about}"] = 1
        for signal in finding.signals:
            features[f"rule {signal.rule.split('.')[0]}"] = 1
            features[f"rule {signal.rule}"] = 1
    kinds = Counter(bit for flags in view.flags for bit in range(3, 37) if flags >> bit & 1)
    features.update({f"kind {bit}": min(count, 3) / 3 for bit, count in kinds.items()})
    features["length"] = min(len(view.keys), 200) / 100
    return " ".join(shape(view)), dict(features)


def read(row: dict[str, Any]) -> Line:
    """Return one row of the corpus as the model sees it."""
    marked: list[Finding] = [f for f in engine.screen(row["text"]) if judge_finding(f, TRUST)]
    words, found = seen(row["text"])
    return Line(
        file=row["file"],
        language=row["lang"],
        categories=tuple(sorted({span["category"] for span in row["spans"]})),
        is_exposing=row["label"] == "doxx",
        is_flagged=bool(marked),
        is_contextual=bool(marked) and all(f.category in CONTEXTUAL for f in marked),
        words=words,
        found=found,
    )


class Model:
    """A logistic regression over shapes and findings."""

    def __init__(self, known: list[Line]) -> None:
        self.texts = (
            TfidfVectorizer(
                analyzer=lambda text: ngrams(text.split()), min_df=3, sublinear_tf=True
            ),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True, lowercase=False
            ),
        )
        self.facts = DictVectorizer()
        for texts in self.texts:
            texts.fit([line.words for line in known])
        self.facts.fit([line.found for line in known])
        self.weights = LogisticRegression(C=4.0, max_iter=400, solver="liblinear")
        self.weights.fit(self.rows(known), [line.is_exposing for line in known])

    def rows(self, of: list[Line]) -> csr_matrix:
        """Return these lines as rows of numbers."""
        words = [texts.transform([line.words for line in of]) for texts in self.texts]
        return csr_matrix(hstack([*words, self.facts.transform([line.found for line in of])]))

    def weigh(self, of: list[Line]) -> None:
        """Set each line's chance to be exposing."""
        for line, chance in zip(of, self.weights.predict_proba(self.rows(of))[:, 1], strict=True):
            line.chance = float(chance)


def ngrams(words: list[str]) -> list[str]:
    """Return the single words, pairs and threes of a text."""
    return [" ".join(words[at : at + n]) for n in (1, 2, 3) for at in range(len(words) - n + 1)]


def decided(line: Line, veto: float, add: float) -> bool:
    """Return whether a line is flagged by the engine and the second opinion together."""
    if line.is_contextual and line.chance < veto:
        return False
    return line.is_flagged or line.chance >= add


def rates(of: list[Line], veto: float = 0.0, add: float = 2.0) -> str:
    """Return precision, recall, F1 and the share of look-alikes flagged, with the counts."""
    caught = sum(line.is_exposing and decided(line, veto, add) for line in of)
    flagged = sum(not line.is_exposing and decided(line, veto, add) for line in of)
    exposing = sum(line.is_exposing for line in of)
    harmless = len(of) - exposing
    precision = caught / max(1, caught + flagged)
    recall = caught / max(1, exposing)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return (
        f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f} FPR {flagged / max(1, harmless):.3f}"
        f"  {caught:4}/{exposing:<4} {flagged:3}/{harmless:<4}"
    )


def curves(name: str, of: list[Line]) -> None:
    """Print what each threshold gives on these lines."""
    print(f"{name:28} engine alone       {rates(of)}")
    for veto in VETO:
        print(f"{name:28} veto < {veto:<4}        {rates(of, veto)}")
    for add in ADD:
        print(f"{name:28} add ≥ {add:<4}         {rates(of, 0.0, add)}")
    print(f"{name:28} both, .15 and .97   {rates(of, 0.15, 0.97)}")


def main(arguments: list[str]) -> int:
    """Print the tables; return 0."""
    named = [Path(argument) for argument in arguments]
    paths = sorted(path for folder in FOLDERS for path in folder.glob("*.jsonl"))
    paths += [path for path in named if path.suffix == ".jsonl"]
    every = [read(row) for row in lines(paths)]
    plain = {"lang": "en", "spans": [], "label": "ok"}
    talk = [
        read({**plain, "text": text, "file": path.stem})
        for path in named
        if path.suffix != ".jsonl"
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if text.strip()
    ]
    learned, unread_talk = talk[::2], talk[1::2]
    known = [line for line in every if line.file not in MEASURES]
    for file in sorted({line.file for line in known}):
        held_out = [line for line in known if line.file == file]
        Model([line for line in known if line.file != file] + learned).weigh(held_out)
        print(f"{file:28} engine              {rates(held_out)}")
        print(f"{file:28} veto .15            {rates(held_out, 0.15)}")
        print(f"{file:28} add .97             {rates(held_out, 0.0, 0.97)}")
    curves("left out", known)
    for language in sorted({line.language for line in known}):
        curves(f"left out, {language}", [line for line in known if line.language == language])
    for category in sorted({name for line in known for name in line.categories}):
        of = [line for line in known if category in line.categories]
        print(f"{category:28} engine              {rates(of)}")
        print(f"{category:28} veto .15            {rates(of, 0.15)}")
        print(f"{category:28} add .97             {rates(of, 0.0, 0.97)}")
    model = Model(known + learned)
    for file in MEASURES:
        of = [line for line in every if line.file == file]
        model.weigh(of)
        curves(file, of)
    if unread_talk:
        model.weigh(unread_talk)
        curves("ordinary talk", unread_talk)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
