"""Measures the exported 4-bit model and writes `ground_truth.json` and `evaluation.json` beside it.

Accuracy on held-out people, whether transformers and bitsandbytes read the directory alike, how often attribution
finds a true cause, and how far 50 points are from completeness. All in f32 on the dequantized weights.
"""

import argparse
from pathlib import Path

import torch
from accuracy import word_accuracy
from attribution import integrated_gradients, leave_one_out
from batches import tokens_of
from bitsandbytes.functional import dequantize_4bit
from corpus import Biography
from export import load_dequantized, write_json
from facts import KINDS
from ground_truth import as_data, held_out_people
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, Qwen2ForCausalLM
from vocabulary import END

ACCURACY_PEOPLE = 1000


def largest_facts(bio: Biography, offsets: list[tuple[int, int]], scores: torch.Tensor) -> list[str]:
    """The facts of the prompt by falling share; scores [L] of one determined word."""
    share = {f["name"]: scores[tokens_of(offsets, f["start"], f["end"])].sum().item() for f in bio.facts}
    return sorted(share, key=share.get, reverse=True)


def attribution_table(tokenizer: Tokenizer, people: list[Biography], attribute) -> dict:
    """Per kind, the share of determined words whose largest fact is a cause; `attribute(prompt, target, chosen)`.

    The first word of every hobby is one token, so the rows of A are the determined words.
    """
    right, seen, both = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), 0
    for bio in people:
        prompt, target = tokenizer.encode(bio.prompt), tokenizer.encode(bio.target)
        chosen = [tokens_of(target.offsets, h["start"], h["start"] + len(h["word"])) for h in bio.hobbies]
        assert all(len(tokens) == 1 for tokens in chosen)
        matrix = attribute(prompt.ids, target.ids, [tokens[0] for tokens in chosen])
        for hobby, row in zip(bio.hobbies, matrix):
            order = largest_facts(bio, prompt.offsets, row)
            kind = hobby["kind"]
            right[kind] += order[0] in hobby["causes"]
            seen[kind] += 1
            both += kind == "both" and set(order[:2]) == set(hobby["causes"])
    table = {kind: round(right[kind] / seen[kind], 4) for kind in KINDS}
    total = round(sum(right.values()) / sum(seen.values()), 4)
    return table | {"all": total, "bothCausesFirst": round(both / max(1, seen["both"]), 4), "words": seen}


def gradients_table(model: Qwen2ForCausalLM, tokenizer: Tokenizer, people, baseline: str, points: int) -> dict:
    """The table of one baseline, and the relative completeness error of each sequence (sum of its words)."""
    errors = []

    def attribute(prompt, target, chosen):
        matrix, change = integrated_gradients(model, prompt, target, chosen, baseline, points)
        errors.append((abs(matrix.sum() - change.sum()) / abs(change.sum())).item())
        return matrix

    table = attribution_table(tokenizer, people, attribute)
    ranked = sorted(errors)
    return table | {
        "sequenceError": {
            "median": round(ranked[len(ranked) // 2], 5),
            "p90": round(ranked[int(0.9 * len(ranked))], 5),
            "largest": round(ranked[-1], 5),
        }
    }


@torch.no_grad()
def generation_rate(model: Qwen2ForCausalLM, tokenizer: Tokenizer, people: list[Biography]) -> float:
    """Share of the people whose whole target and the end token are generated greedily."""
    exact = 0
    for bio in people:
        ids = tokenizer.encode(bio.prompt).ids
        expected = tokenizer.encode(bio.target).ids + [tokenizer.token_to_id(END)]
        out = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), max_new_tokens=40,
                             do_sample=False)
        exact += out[0, len(ids) :].tolist() == expected
    return round(exact / len(people), 4)


@torch.no_grad()
def loaded_difference(model: Qwen2ForCausalLM, directory: Path, ids: list[int]) -> dict[str, float]:
    """Largest absolute differences to the model that transformers with bitsandbytes loads from the directory.

    Weights must agree exactly. Logits agree as far as bitsandbytes' CPU product does, which rounds to bfloat16.
    """
    loaded = AutoModelForCausalLM.from_pretrained(directory, device_map="cpu")
    ours, weights = dict(model.named_modules()), 0.0
    for name, module in loaded.named_modules():
        state = getattr(getattr(module, "weight", None), "quant_state", None)
        if state is not None:
            theirs = dequantize_4bit(module.weight.data, state)
            weights = max(weights, (theirs.reshape(ours[name].weight.shape) - ours[name].weight).abs().max().item())
    batch = torch.tensor([ids])
    theirs, mine = loaded(batch).logits.float(), model(batch).logits
    return {
        "weights": weights,
        "logits": (theirs - mine).abs().max().item(),
        "largestLogit": mine.abs().max().item(),
        "sameArgmax": (theirs.argmax(-1) == mine.argmax(-1)).float().mean().item(),
    }


def evaluate(directory: Path, count: int, points: int) -> dict:
    torch.set_num_threads(1)
    model = load_dequantized(directory)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    people = held_out_people()[:count]
    example = tokenizer.encode(people[0].prompt + people[0].target).ids
    end = f"token:{tokenizer.token_to_id(END)}"
    result = {
        "loadedDifference": loaded_difference(model, directory, example),
        "accuracy": word_accuracy(model, tokenizer, ACCURACY_PEOPLE),
        "generatedExactly": generation_rate(model, tokenizer, people),
        "points": points,
        "integratedGradients": {},
        "ablation": {},
    }
    for scheme in ("delete", end):
        result["ablation"][scheme] = attribution_table(
            tokenizer, people, lambda p, t, c, s=scheme: leave_one_out(model, p, t, c, s))
        print("ablation", scheme, result["ablation"][scheme], flush=True)
    for baseline in (end, "mean", "zero"):
        result["integratedGradients"][baseline] = gradients_table(model, tokenizer, people, baseline, points)
        print("gradients", baseline, result["integratedGradients"][baseline], flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(__file__).parent)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--points", type=int, default=50)
    arguments = parser.parse_args()
    write_json(arguments.model / "ground_truth.json", as_data())
    result = evaluate(arguments.model, arguments.people, arguments.points)
    write_json(arguments.model / "evaluation.json", result)
    print(result)


if __name__ == "__main__":
    main()
