"""The truth as data: held-out prompts, what each word of their targets rests on, and which steps the answer needs.

The causes are those of the corpus' rule (`corpus.py`). A prompt is taken only if every edit of its steps and notes
has the effect on the trained model's answer that the rule says (`interventions.py`).
"""

import random
from dataclasses import dataclass

from corpus import Place, Problem, Text, reported_chains, sample_problem, write_text
from interventions import Edit, Outcome, answer_text, determined_words, edit_of_sentence, edit_of_step, outcomes
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM
from world import NUMBERS, THINGS

PROMPTS = {"report": 100, "both": 40, "check": 40, "know": 20}
SEED = 404
CONVENTIONS = {
    "offsets": "start and end are Unicode code units; of context, sentences and names in prompt, of all else in target",
    "target": "follows the prompt without a space; it begins with the think marker",
    "steps.label": "necessary: another value of this step, with all after it written anew, changes the answer",
    "steps.direct": "... and with all after it as it was, changes it too: the answer reads this step itself",
    "steps.edit": "words in place of the step's words after its subject, and the answer that the model then writes",
    "sentences.label": "necessary: another value of this note, with the whole target written anew, changes the answer",
    "words": "the determined words of the target; sentences, names, steps and words are the indices of what each rests "
    "on directly: with the rest of the prompt and the target before it as it was, another value there changes the "
    "word. A word whose sentences are empty does not depend on the context, given the target before it. Of a number "
    "behind its thing the rule does not say which it is read by: sentences and steps there are those found by edits",
    "words.verified": "false where the word changed with other edits than those of the causes that the rule gives it",
}


@dataclass
class Case:
    problem: Problem
    text: Text
    edits: dict[Place | str, Edit]
    outcomes: dict[Place | str, Outcome] | None  # None if the model does not write the target


def draw_case(rng: random.Random, model: Qwen2ForCausalLM, tokenizer: Tokenizer, kind: str) -> Case:
    """A held-out prompt in which an edit of each necessary part can change the answer."""
    while True:
        problem = sample_problem(rng, kind, held_out=True)
        text = write_text(problem)
        edits: dict[Place | str, Edit] = {place: edit_of_step(rng, problem, text, place) for place in problem.places()}
        edits |= {subject: edit_of_sentence(rng, problem, text, subject) for subject in problem.notes}
        if all(answer_text(edits[key].anew) != answer_text(text) for key in necessary_parts(problem, text)):
            return Case(problem, text, edits, outcomes(model, tokenizer, text, edits))


def necessary_parts(problem: Problem, text: Text) -> set[Place | str]:
    """The steps (by place) and notes (by subject) that the answer needs, as the rule says."""
    chains = reported_chains(problem)
    steps = {place for place in problem.places() if place[1] in chains}
    notes = {text.steps[place]["subject"] for place in steps}
    return steps | notes | ({problem.asked} if problem.kind == "check" else set())


def causes(problem: Problem, text: Text) -> list[dict[str, list[int]]]:
    """For each determined word the indices of the notes, names, steps and words that it rests on directly."""
    places, note = problem.places(), {subject: i for i, subject in enumerate(problem.notes)}
    found: list[dict[str, list[int]]] = []
    for place, step in text.steps.items():
        earlier = (place[0] - 1, place[1])
        found.append({"steps": [places.index(earlier)]} if place[0] else {"names": [place[1]]})
        found += [{"sentences": [note[step["subject"]]]} for _ in step["words"]]
    asked, thing = {"names": [len(problem.starts)]}, len(found)
    ends = [places.index((len(problem.levels) - 1, chain)) for chain in reported_chains(problem)]
    if problem.kind == "know":
        return [*found, asked]
    if problem.kind == "both":
        return found + [asked | {"steps": [end]} for end in ends]
    source = asked | ({"steps": ends} if ends else {"sentences": [note[problem.asked]]})
    return [*found, source, source, {"words": [thing]}]


def held_words(problem: Problem, text: Text, key: Place | str) -> list[int]:
    """The determined words that rest directly on a step or note."""
    part, index = ("steps", problem.places().index(key)) if isinstance(key, tuple) else (
        "sentences", problem.notes.index(key))
    return [i for i, cause in enumerate(causes(problem, text)) if index in cause.get(part, [])]


def is_second(text: Text, index: int) -> bool:
    """Whether a determined word is the number behind a thing, which may be read by the thing or by its place."""
    words = determined_words(text)
    return words[index][0] in NUMBERS and index > 0 and words[index - 1][0] in THINGS


def agrees(text: Text, found: list[int], ruled: list[int]) -> bool:
    """Whether the words that changed are those of the rule; of numbers behind things the rule does not say."""
    return {i for i in found if not is_second(text, i)} == {i for i in ruled if not is_second(text, i)}


def holds(case: Case) -> bool:
    """Whether the model writes the target, and every edit changes the answer where the rule says, and only there.

    So it must be with all that follows written anew, and of edited steps with all as it was.
    """
    if case.outcomes is None:
        return False
    needed, answer = necessary_parts(case.problem, case.text), set(answer_words(case.text))
    for key, outcome in case.outcomes.items():
        if outcome.answer_changes != (key in needed):
            return False
        found, ruled = set(outcome.held_words), set(held_words(case.problem, case.text, key))
        if isinstance(key, tuple) and bool(found & answer) != bool(ruled & answer):
            return False
    return True


def answer_words(text: Text) -> range:
    """Indices of the determined words that are the answer's."""
    count = len(determined_words(text))
    return range(count - len(text.answer), count)


def is_verified(case: Case, index: int) -> bool:
    """Whether a determined word changes with those edits, and only those, that the rule names as its causes."""
    return is_second(case.text, index) or all(
        (index in outcome.held_words) == (index in held_words(case.problem, case.text, key))
        for key, outcome in case.outcomes.items())


def measured_causes(case: Case) -> list[dict[str, list[int]]]:
    """The causes of the rule and, of numbers behind things, those that the edits found."""
    problem, text, rest = case.problem, case.text, causes(case.problem, case.text)
    for index, cause in enumerate(rest):
        if is_second(text, index):
            found = [key for key, outcome in case.outcomes.items() if index in outcome.held_words]
            steps = [problem.places().index(key) for key in found if isinstance(key, tuple)]
            notes = [problem.notes.index(key) for key in found if isinstance(key, str)]
            rest[index] = {"words": [index - 1]} | ({"steps": steps} if steps else {}) | (
                {"sentences": notes} if notes else {}) | {key: cause[key] for key in ("names",) if key in cause}
    return rest


def as_data(case: Case) -> dict:
    problem, text = case.problem, case.text
    needed, places = necessary_parts(problem, text), problem.places()
    words, rest = determined_words(text), measured_causes(case)
    answer = set(answer_words(text))
    label = lambda key: "necessary" if key in needed else "decorative"  # noqa: E731
    spans = [text.sentences[subject] for subject in problem.notes]
    return {
        "kind": problem.kind,
        "prompt": text.prompt,
        "target": text.target,
        "context": {"start": 0, "end": spans[-1][1]},
        "sentences": [{"start": start, "end": end, "label": label(subject)}
                      for subject, (start, end) in zip(problem.notes, spans)],
        "names": [{"text": name, "start": start, "end": end} for name, start, end in text.names],
        "steps": [{"start": text.steps[place]["start"], "end": text.steps[place]["end"], "label": label(place),
                   "direct": bool(answer & set(case.outcomes[place].held_words)),
                   "edit": {"words": " ".join(case.edits[place].fact), "answer": case.outcomes[place].answer}}
                  for place in places],
        "answer": {"text": answer_text(text), "start": text.answer[0][1], "end": text.answer[-1][2]},
        "words": [{"text": word, "start": start, "end": end, **cause}
                  | ({} if is_verified(case, index) else {"verified": False})
                  for index, ((word, start, end), cause) in enumerate(zip(words, rest))],
    }


def draw_cases(model: Qwen2ForCausalLM, tokenizer: Tokenizer, counts: dict[str, int] = PROMPTS) -> list[Case]:
    """Cases in turn of their kinds until as many of each hold; those that do not are among them.

    Raises RuntimeError if two thirds do not: then the model is not what its card says.
    """
    rng, cases = random.Random(SEED), []
    for kind, count in counts.items():
        drawn = [draw_case(rng, model, tokenizer, kind) for _ in range(count)]
        while sum(map(holds, drawn)) < count:
            if len(drawn) > 3 * count:
                taken = sum(map(holds, drawn))
                raise RuntimeError(f"Cannot take {count} {kind} prompts as a third must hold: got {taken}")
            drawn.append(draw_case(rng, model, tokenizer, kind))
        cases += drawn
    return cases
