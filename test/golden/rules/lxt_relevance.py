"""AttnLRP by lxt on the awkward model: python test/golden/rules/lxt_relevance.py, in an environment of rules/requirements-lrp.txt.

lxt's patches of Qwen2, in f32, as they cast norms to it: relevances [T][L] of the logit of each target token, input times
gradient at the embeddings. Of the two traps of lxt 2.1 neither shows here: its identity rule divides by gate + 1e-10, and its
norms of queries and keys are those of Qwen3."""

import json
import pathlib

import torch
import lxt
from importlib.metadata import version
from lxt.efficient import monkey_patch
from transformers import Qwen2ForCausalLM
from transformers.models.qwen2 import modeling_qwen2

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent / "awkward" / "f32"
PACKAGES = ("lxt", "transformers", "torch")


def relevance(model, prompt: list[int], target: list[int]) -> list[list[float]]:
    """[T][L]"""
    embedded = model.get_input_embeddings()(torch.tensor([prompt + target[:-1]])).detach()
    rows = []
    for t, token in enumerate(target):
        x = embedded.clone().requires_grad_(True)
        logits = model(inputs_embeds=x, use_cache=False).logits[0]
        logits[len(prompt) - 1 + t, token].backward()
        rows.append([float(f"{value:.9g}") for value in (x * x.grad).sum(-1)[0, : len(prompt)].tolist()])
    return rows


def main() -> None:
    monkey_patch(modeling_qwen2)
    model = Qwen2ForCausalLM.from_pretrained(MODEL, torch_dtype=torch.float32, attn_implementation="eager").eval()
    cases = json.loads((MODEL / "expected.json").read_text())["cases"]
    found = [
        {"prompt": one["prompt"], "target": one["target"], "relevance": relevance(model, one["prompt"], one["target"])}
        for one in cases
    ]
    written = {"schema": "whence.golden.lrp/1", "versions": {name: version(name) for name in PACKAGES}, "cases": found}
    (HERE / "lrp.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()
