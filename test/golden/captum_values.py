"""What Captum itself says: LayerIntegratedGradients over embed_tokens through LLMGradientAttribution, and
FeatureAblation through LLMAttribution, in f32. Its baseline is its default, token 0; its target prefix is fixed."""

import torch
from captum.attr import FeatureAblation, LayerIntegratedGradients, LLMAttribution, LLMGradientAttribution, TextTokenInput
from numbers_json import numbers

RULES = ("gausslegendre", "riemann_left", "riemann_middle", "riemann_right", "riemann_trapezoid")


class IdTokenizer:
    """A stand-in for models without a tokenizer: the text of ids 3, 14 is "3 14"."""

    def __call__(self, text, add_special_tokens=True, return_offsets_mapping=False):
        spans, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            spans.append((at, at + len(word)))
            at += len(word)
        return {"input_ids": self.encode(text), "offset_mapping": spans}

    def encode(self, text, add_special_tokens=True, return_tensors=None):
        ids = [int(word) for word in text.split()]
        return torch.tensor([ids]) if return_tensors == "pt" else ids

    def decode(self, ids):
        return " ".join(str(int(i)) for i in ids)

    def convert_ids_to_tokens(self, ids):
        return str(ids) if isinstance(ids, int) else [str(i) for i in ids]

    def convert_tokens_to_ids(self, tokens):
        return int(tokens) if isinstance(tokens, str) else [int(t) for t in tokens]


def prompt_input(tokenizer, text: str, prompt: list[int]) -> TextTokenInput:
    given = TextTokenInput(text, tokenizer)
    if given.inp_tensor[0].tolist() != prompt:
        raise ValueError(f"Cannot explain the prompt as Captum's ids must be ours: got {given.inp_tensor.tolist()}")
    return given


def integrated_gradients(model, tokenizer, text, prompt, target, rule: str, steps: int, chunk: int | None = None) -> dict:
    """`token` [T][L] and `sequence` [L]"""
    explain = LLMGradientAttribution(LayerIntegratedGradients(model, model.model.embed_tokens), tokenizer)
    result = explain.attribute(prompt_input(tokenizer, text, prompt), target=torch.tensor(target),
                               n_steps=steps, method=rule, internal_batch_size=chunk)
    return {"token": numbers(result.token_attr.float()), "sequence": numbers(result.seq_attr.float())}


def feature_ablation(model, tokenizer, text, prompt, target) -> dict:
    """`token` [T][L] and `sequence` [L]: F(x) − F(x with the token replaced by token 0). Without Captum's default
    `use_cached_outputs`: with transformers 5 it feeds the whole sequence on top of the cache again, so every target
    token after the first is scored on a wrong input."""
    explain = LLMAttribution(FeatureAblation(model), tokenizer)
    with torch.no_grad():
        result = explain.attribute(prompt_input(tokenizer, text, prompt), target=torch.tensor(target),
                                   use_cached_outputs=False)
    return {"token": numbers(result.token_attr.float()), "sequence": numbers(result.seq_attr.float())}
