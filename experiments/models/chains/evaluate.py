"""Measures the exported model and writes `ground_truth.json` and `evaluation.json` beside it."""

import argparse
import json
from collections import Counter
from pathlib import Path

import torch
from accuracy import accuracy
from export import load, write_json
from ground_truth import CONVENTIONS, Case, agrees, as_data, draw_cases, held_words, holds, necessary_parts
from tokenizers import Tokenizer

ACCURACY_TEXTS = 1000


def share(hits: list[bool]) -> float:
    return round(sum(hits) / max(1, len(hits)), 4)


def intervention_rates(cases: list[Case]) -> dict:
    """Over the prompts whose unedited target the model writes, by part and label: how often an edit does as ruled."""
    found: dict[str, dict[str, list[bool]]] = {}
    for case in cases:
        needed = necessary_parts(case.problem, case.text)
        for key, outcome in (case.outcomes or {}).items():
            label = "necessary" if key in needed else "decorative"
            part = found.setdefault(f"{label} {'step' if isinstance(key, tuple) else 'note'}s", {
                "answerChanges": [], "writtenAnewAsRuled": [], "wordsHeldAsRuled": []})
            part["answerChanges"].append(outcome.answer_changes)
            part["writtenAnewAsRuled"].append(outcome.as_ruled)
            ruled = held_words(case.problem, case.text, key)
            part["wordsHeldAsRuled"].append(agrees(case.text, outcome.held_words, ruled))
    return {name: {"count": len(part["answerChanges"])} | {key: share(hits) for key, hits in part.items()}
            for name, part in found.items()}


def evaluate(directory: Path) -> None:
    torch.set_num_threads(1)
    model = load(directory)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    cases = draw_cases(model, tokenizer)
    taken = [case for case in cases if holds(case)]
    write_json(directory / "evaluation.json", {
        "accuracy": accuracy(model, tokenizer, ACCURACY_TEXTS, edited=False),
        "accuracyWithEdits": accuracy(model, tokenizer, ACCURACY_TEXTS),
        "drawn": Counter(case.problem.kind for case in cases),
        "written": Counter(case.problem.kind for case in cases if case.outcomes is not None),
        "taken": Counter(case.problem.kind for case in taken),
        "interventions": intervention_rates(cases),
    })
    head = {"schema": "whence.chains/1", "conventions": CONVENTIONS}
    lines = ",\n".join(json.dumps(as_data(case), separators=(",", ":")) for case in taken)
    text = json.dumps(head, indent=2).removesuffix("\n}") + f',\n  "prompts": [\n{lines}\n]}}\n'
    (directory / "ground_truth.json").write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    evaluate(arguments.model)
    print((arguments.model / "evaluation.json").read_text())


if __name__ == "__main__":
    main()
