"""The ground truth as data: 100 held-out people with the spans of their facts and hobbies, and the tables."""

import random
from dataclasses import asdict

import facts
from corpus import LEAD_INS, Biography, choose_sentences, compose, example_biography, sample_person

PEOPLE = 100
PEOPLE_SEED = 404
CONVENTIONS = {
    "offsets": "start and end are Unicode code units; of facts in prompt, of hobbies and words in target",
    "target": "begins with its own space; the prompt ends without one",
    "determinedWord": "hobby.word, from hobby.start to hobby.start + word.length: the first word of the hobby",
    "score": "of a fact for a determined word: the signed sum of A[t, i] over the word's tokens t and the fact's "
    "tokens i; a token belongs to a span when they share a character other than the token's leading space",
    "right": "the fact with the largest score is one of the hobby's causes",
}


def held_out_people() -> list[Biography]:
    """Distinct held-out people, each with one to three facts that nothing follows from; every lead-in in turn."""
    rng = random.Random(PEOPLE_SEED)
    lead_ins = list(LEAD_INS)
    people: dict[tuple[str, str, str], Biography] = {}
    while len(people) < PEOPLE:
        person = sample_person(rng, held_out=True)
        sentences = choose_sentences(rng, rng.randint(1, 3))
        people.setdefault(person, compose(rng, person, sentences, lead_ins[len(people) % len(lead_ins)]))
    return list(people.values())


def as_data() -> dict:
    return {
        "schema": "whence.ground-truth/1",
        "conventions": CONVENTIONS,
        "kinds": facts.CAUSES,
        "leadIns": LEAD_INS,
        "facts": {
            "occupations": {k: {"field": f, "hobby": h} for k, (f, h) in facts.OCCUPATIONS.items()},
            "cities": {k: {"state": s, "setting": g, "hobby": h} for k, (s, g, h) in facts.CITIES.items()},
            "names": {k: {"pronoun": p, "hobby": h} for k, (p, h) in facts.NAMES.items()},
            "both": facts.BOTH,
            "distractors": facts.DISTRACTORS,
        },
        "example": asdict(example_biography()),
        "people": [asdict(bio) for bio in held_out_people()],
    }
