"""FlashTrace's recursion by its own package: python test/golden/chains/generate.py

`flashtrace` 0.1.1, `core.compute_multi_hop_ifr`, on the random checkpoints of test/golden/architectures in f32. The package's
module `core` is loaded by itself: the others need spaCy, seaborn and more, and the recursion needs none of them.

The package reads a norm's `eps`, which transformers calls `variance_epsilon`, and so takes 1e-6 whatever the model says:
`given` is what it says as it stands, `mended` with the attribute set to the model's own."""

import importlib.metadata
import importlib.util
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from numbers_json import numbers, write_json  # noqa: E402

MODELS = ("llama3", "mistral", "qwen3")
PACKAGES = ("flashtrace", "torch", "transformers")
PROMPT, REASONING, ANSWER, HOPS = 7, 6, 3, 2
IDS = [(11 * k + 5) % 53 for k in range(PROMPT + REASONING + ANSWER)]


def load_core():
    package = pathlib.Path(importlib.util.find_spec("flashtrace").origin).parent
    spec = importlib.util.spec_from_file_location("flashtrace_core", package / "core.py")
    core = importlib.util.module_from_spec(spec)
    sys.modules["flashtrace_core"] = core
    spec.loader.exec_module(core)
    return core


core = load_core()


def trace(model, mended: bool) -> dict:
    metadata = core.extract_model_metadata(model)
    for layer in metadata.layers:
        norm = layer.input_layernorm
        if mended:
            norm.eps = norm.variance_epsilon
        elif hasattr(norm, "eps"):
            del norm.eps
    cache, hooks = core.attach_hooks(metadata.layers, torch.float32)
    with torch.no_grad():
        attentions = model(input_ids=torch.tensor([IDS]), use_cache=False, output_attentions=True).attentions
    for hook in hooks:
        hook.remove()
    params = core.IFRParameters(
        n_layers=metadata.n_layers, n_heads_q=metadata.n_heads_q, n_kv_heads=metadata.n_kv_heads,
        head_dim=metadata.head_dim, group_size=metadata.group_size, d_model=metadata.d_model,
        sequence_length=len(IDS), model_dtype=torch.float32, chunk_tokens=128, sink_chunk_tokens=32,
    )
    start = PROMPT + REASONING
    found = core.compute_multi_hop_ifr(
        sink_start=start, sink_end=len(IDS) - 1, thinking_span=(PROMPT, start - 1), n_hops=HOPS, cache=cache,
        attentions=attentions, weight_pack=core.build_weight_pack(metadata, torch.float32), params=params,
    )
    observed = found.observation
    return {
        "total": numbers(observed["sum"][:PROMPT]),
        "direct": numbers(observed["base"][:PROMPT]),
        "hops": [numbers(hop[:PROMPT]) for hop in observed["per_hop"]],
        "ratios": numbers(torch.tensor(found.thinking_ratios)),
    }


def main():
    cases = []
    for name in MODELS:
        model = AutoModelForCausalLM.from_pretrained(
            HERE.parent / "architectures" / name, dtype=torch.float32, attn_implementation="eager"
        ).eval()
        cases.append({"model": name, "given": trace(model, False), "mended": trace(model, True)})
    write_json(HERE / "flashtrace.json", {
        "schema": "whence.golden.flashtrace/1",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "ids": IDS, "prompt": PROMPT, "reasoning": REASONING, "hops": HOPS, "cases": cases,
    })


main()
