"""Every objective on the awkward model in f64: values and slopes along a path, integrated gradients and ablation. Run by itself
behind generate.py, whose checkpoints it reads."""

import pathlib

import torch
import torch.autograd.forward_ad as forward_ad
from awkward import CASES
from dequantized import load_float32
from float64 import as_float64
from numbers_json import numbers, versions, write_json
from shared_path import baseline_row, gauss_legendre, target_logits
from torch.nn.functional import cross_entropy, kl_div, log_softmax, softmax

ALPHAS = (0.0, 0.3, 0.7, 1.0)
POINTS = 6
# For each case one alternative of the target's length and one of another.
ALTERNATIVES = {"odd": ([88, 14, 157, 2, 60, 72, 101], [7, 190, 33]), "single": ([12], [40, 9])}
HERE = pathlib.Path(__file__).parent


class Explained:
    """All objectives F of a prompt [L] and a target [T], as functions of the prompt's embeddings x [n, L, D] → [n, T or 1]."""

    def __init__(self, model, prompt, target, alternatives):
        self.model, self.target = model, torch.tensor(target)
        self.weight = model.get_input_embeddings().weight
        self.prompt = self.weight[torch.tensor(prompt)]
        self.unperturbed = self.logits(self.prompt[None], target).detach()[0]
        self.top = self.unperturbed.topk(2, -1).indices  # [T, 2]
        aligned, other = (list(ids) for ids in alternatives)
        self.objectives = {
            "prob": lambda x: self.of_target(softmax(self.logits(x, target), -1)),
            "logit": lambda x: self.of_target(self.logits(x, target)),
            "entropy": lambda x: torch.distributions.Categorical(logits=self.logits(x, target)).entropy(),
            "cross-entropy": self.loss,
            "perplexity": lambda x: self.loss(x).mean(-1, keepdim=True).exp(),
            "kl": self.divergence,
            "margin": self.margin,
            "contrastive, aligned": lambda x: self.log_probs(x, target) - self.log_probs(x, aligned),
            "contrastive, sequences": lambda x: (self.log_probs(x, target).sum(-1) - self.log_probs(x, other).sum(-1))[:, None],
        }

    def logits(self, x, continuation):
        """[n, L, D] → [n, T, V]"""
        prefix = self.weight[torch.tensor(continuation[:-1], dtype=torch.long)]
        return target_logits(self.model, torch.cat((x, prefix.expand(len(x), -1, -1)), 1), x.shape[1])

    def of_target(self, values):
        return values.gather(-1, self.target.expand(len(values), -1)[..., None])[..., 0]

    def log_probs(self, x, ids):
        return log_softmax(self.logits(x, ids), -1).gather(-1, torch.tensor(ids).expand(len(x), -1)[..., None])[..., 0]

    def loss(self, x):
        return cross_entropy(self.logits(x, self.target.tolist()).transpose(1, 2), self.target.expand(len(x), -1), reduction="none")

    def divergence(self, x):
        logs, reference = log_softmax(self.logits(x, self.target.tolist()), -1), log_softmax(self.unperturbed, -1)
        return kl_div(logs, reference.expand_as(logs), reduction="none", log_target=True).sum(-1)

    def margin(self, x):
        pair = self.logits(x, self.target.tolist()).gather(-1, self.top.expand(len(x), -1, -1))
        return pair[..., 0] - pair[..., 1]

    def along(self, f, baseline):
        """Values and slopes at ALPHAS, and the token attribution by Gauss–Legendre."""
        start = baseline_row(self.weight, baseline).expand_as(self.prompt)
        step = self.prompt - start
        at = lambda alphas: start + torch.as_tensor(alphas, dtype=step.dtype)[:, None, None] * step
        with torch.no_grad(), forward_ad.dual_level():
            dual = forward_ad.make_dual(at(ALPHAS), step.expand(len(ALPHAS), -1, -1).contiguous())
            phi, slope = forward_ad.unpack_dual(f(dual))
        nodes, weights = gauss_legendre(POINTS)
        x = at(nodes).requires_grad_(True)
        score = f(x)
        rows = [torch.autograd.grad(score[:, t].sum(), x, retain_graph=True)[0] for t in range(score.shape[1])]
        attribution = [torch.einsum("nld,ld,n->l", g, step, torch.as_tensor(weights)) for g in rows]
        return {"phi": numbers(phi), "slope": numbers(slope), "gaussLegendre6": numbers(torch.stack(attribution))}

    @torch.no_grad()
    def ablation(self, f):
        """F_t(x) − F_t(x with the embedding of token i set to zero), [T, L]"""
        full, columns = f(self.prompt[None])[0], []
        for i in range(len(self.prompt)):
            x = self.prompt.clone()
            x[i] = 0
            columns.append(full - f(x[None])[0])
        return numbers(torch.stack(columns, 1))


def case(model, name):
    prompt, target = CASES[name]
    explained = Explained(model, prompt, target, ALTERNATIVES[name])
    objectives = {key: {**explained.along(f, "mean"), "ablation": explained.ablation(f)} for key, f in explained.objectives.items()}
    return {"name": name, "prompt": prompt, "target": target, "alternatives": [list(ids) for ids in ALTERNATIVES[name]],
            "top": explained.top.tolist(), "alphas": list(ALPHAS), "objectives": objectives}


def main():
    for weights in ("f32", "nf4"):
        model = as_float64(load_float32(HERE / "awkward" / weights))
        write_json(HERE / "awkward" / weights / "objectives.json", {
            "schema": "whence.golden.objectives/1", "weights": weights, "versions": versions(),
            "cases": [case(model, name) for name in CASES]})


if __name__ == "__main__":
    main()
