"""What depends on a context and what rests on it, by Inseq's attribute-context and by ContextCite, on the model of chains in f32 on
the CPU; and the Jensen-Shannon divergence on the awkward model by PyTorch in f64.

Usage: python test/golden/context/generate.py [js]
`js` alone needs test/golden/requirements.txt, the rest requirements.txt beside this file.
Nothing of the packages is patched but two things that need a network: nltk.download does nothing (sentences are cut here, as
ContextCite's partitioner of one's own), and the tokenizer, which has no chat template, gets one that is the message alone."""

import importlib.metadata
import json
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent
sys.path[:0] = [str(GOLDEN)]
from dequantized import load_float32  # noqa: E402
from float64 import as_float64  # noqa: E402
from numbers_json import numbers, versions, write_json  # noqa: E402
from objectives import ALPHAS, ALTERNATIVES, CASES, Explained  # noqa: E402
from torch.nn.functional import log_softmax  # noqa: E402

CHAINS = GOLDEN.parent.parent / "experiments" / "models" / "chains"
# The first prompt of each kind of ground_truth.json that has notes in its answer.
KINDS = ("report", "both", "check")
HELD_OUT = 32


def divergence(explained: Explained):
    """Σ p log(p / m) / 2 + p0 log(p0 / m) / 2 of m = (p + p0) / 2, [n, T], as its definition stands."""
    def js(x):
        p = log_softmax(explained.logits(x, explained.target.tolist()), -1)
        q = log_softmax(explained.unperturbed, -1).expand_as(p)
        m = ((p.exp() + q.exp()) / 2).log()
        return ((p.exp() * (p - m)).sum(-1) + (q.exp() * (q - m)).sum(-1)) / 2
    return js


def js_case(model, name: str) -> dict:
    prompt, target = CASES[name]
    explained = Explained(model, prompt, target, ALTERNATIVES[name])
    f = divergence(explained)
    return {"name": name, "prompt": prompt, "target": target, "alternatives": [], "top": [], "alphas": list(ALPHAS),
            "objectives": {"js": {**explained.along(f, "mean"), "ablation": explained.ablation(f)}}}


def write_js() -> None:
    model = as_float64(load_float32(GOLDEN / "awkward" / "f32"))
    write_json(HERE / "js.json", {"schema": "whence.golden.objectives/1", "weights": "f32", "versions": versions(),
                                  "cases": [js_case(model, name) for name in CASES]})


def attribute_context(model, tokenizer, context: str, current: str, target: str) -> dict:
    import inseq
    from inseq.commands.attribute_context.attribute_context import attribute_context_with_model
    from inseq.commands.attribute_context.attribute_context_args import AttributeContextArgs
    model.config.bos_token_id = model.config.eos_token_id
    wrapped = inseq.load_model(model, "saliency", tokenizer=tokenizer)
    args = AttributeContextArgs(
        model_name_or_path="chains", attribution_method="saliency", attributed_fn="logit",
        input_context_text=context, input_current_text=current, output_current_text=target,
        input_template="{context} {current}", output_template="{current}", contextless_input_current_text=" {current}",
        contextless_output_current_text="{current}", decoder_input_output_separator="",
        special_tokens_to_keep=["<think>", "</think>"], show_viz=False, add_output_info=False, normalize_attributions=False,
    )
    out = attribute_context_with_model(args, wrapped)
    scores = torch.tensor(out.cti_scores)
    return {
        "kl": numbers(scores), "threshold": float(scores.mean() + scores.std()),
        "dependent": sorted(one.cti_idx for one in out.cci_scores),
        # Euclidean norms of the gradients of the token's logit, at the context's tokens.
        "saliency": {str(one.cti_idx): [float(value) for value in one.input_context_scores] for one in out.cci_scores},
        "contextTokens": out.input_context_tokens,
    }


def context_cite(model, tokenizer, context: str, spans: list, current: str, target: str) -> dict:
    import nltk
    nltk.download = lambda *_args, **_options: False
    from context_cite import ContextCiter
    from context_cite.context_partitioner import BaseContextPartitioner
    from context_cite.utils import aggregate_logit_probs, get_masks_and_logit_probs
    from scipy.stats import spearmanr

    class Sentences(BaseContextPartitioner):
        """Sentences with the space before them, which is a part of their first tokens."""
        parts = [context[start:end] for start, end in spans]
        num_sources = len(parts)

        def split_context(self):
            pass

        def get_source(self, index):
            return self.parts[index]

        def get_context(self, mask=None):
            return "".join(part for i, part in enumerate(self.parts) if mask is None or mask[i])

    tokenizer.chat_template = "{{ messages[0]['content'] }}"
    citer = ContextCiter(model, tokenizer, context, current, prompt_template="{context} {query}",
                         partitioner=Sentences(context))
    # The response is the given one, not what the model generates.
    citer._cache["output"] = citer._get_prompt_ids(return_prompt=True)[1] + target
    weights = citer.get_attributions(verbose=False)
    masks, logits = citer._masks, citer._logit_probs
    held_masks, held_logits = get_masks_and_logit_probs(
        model, tokenizer, HELD_OUT, citer.num_sources, citer._get_prompt_ids, citer._response_ids, 0.5, 1, base_seed=len(masks))
    # The package does not measure itself: these two are the paper's definitions (sections 3 and 5).
    lds = spearmanr(held_masks @ weights, aggregate_logit_probs(torch.tensor(held_logits)))[0]
    log_prob = lambda kept: float(log_prob_of(model, citer._get_prompt_ids(mask=kept), citer._response_ids))  # noqa: E731
    order = (-weights).argsort(kind="stable")
    everything = [True] * citer.num_sources
    drops = {str(k): log_prob(everything) - log_prob([i not in order[:k] for i in range(len(order))]) for k in (1, 3)}
    return {"masks": masks.astype(int).tolist(), "logits": numbers(torch.tensor(logits)),
            "weights": numbers(torch.tensor(weights)), "heldMasks": held_masks.astype(int).tolist(),
            "heldLogits": numbers(torch.tensor(aggregate_logit_probs(torch.tensor(held_logits)))), "lds": float(lds), "drops": drops}


@torch.no_grad()
def log_prob_of(model, prompt: list[int], response: list[int]) -> torch.Tensor:
    logits = model(torch.tensor([prompt + response])).logits[0, len(prompt) - 1 : -1]
    return log_softmax(logits.double(), -1).gather(-1, torch.tensor(response)[:, None]).sum()


def write_peers() -> None:
    from transformers import AutoTokenizer
    model = load_float32(CHAINS)
    tokenizer = AutoTokenizer.from_pretrained(CHAINS)
    truth = json.loads((CHAINS / "ground_truth.json").read_text())["prompts"]
    cases = []
    for kind in KINDS:
        one = next(prompt for prompt in truth if prompt["kind"] == kind)
        end = one["context"]["end"]
        context, current = one["prompt"][:end], one["prompt"][end + 1 :]
        # "Notes." is a sentence, too.
        starts = [0] + [sentence["start"] - 1 for sentence in one["sentences"]]
        spans = list(zip(starts, starts[1:] + [end], strict=True))
        cases.append({"kind": kind, "context": context, "current": current, "target": one["target"], "spans": spans,
                      "attributeContext": attribute_context(model, tokenizer, context, current, one["target"]),
                      "contextCite": context_cite(model, tokenizer, context, spans, current, one["target"])})
    packages = ("inseq", "context-cite", "scikit-learn", "scipy", "torch", "transformers")
    write_json(HERE / "peers.json", {"schema": "whence.golden.context/1",
                                     "versions": {name: importlib.metadata.version(name) for name in packages}, "cases": cases})


if __name__ == "__main__":
    write_js()
    if sys.argv[1:] != ["js"]:
        write_peers()
