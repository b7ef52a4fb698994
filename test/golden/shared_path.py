"""One forward of [prompt; target] for all target tokens, its gradients and tangents along the path of integrated
gradients. S = L + T − 1 rows: the last target token is never attended to."""

import numpy as np
import torch
import torch.autograd.forward_ad as forward_ad

BASELINES = ("zero", "mean", "token:0")


class SharedPath:
    """The path e(α) = b + α(e − b) for a prompt [L] and a target [T]; `frozen` leading prompt tokens do not move."""

    def __init__(self, model, prompt: list[int], target: list[int], baseline: str, frozen: int = 0):
        weight = model.get_input_embeddings().weight
        self.model, self.rows, self.target = model, len(prompt), torch.tensor(target)
        self.real = weight[torch.tensor(prompt + target[:-1])]  # [S, D]
        self.start = self.real.clone()  # [S, D]
        self.start[frozen : self.rows] = baseline_row(weight, baseline)
        self.step = self.real - self.start

    def at(self, alphas) -> torch.Tensor:
        """[n] → [n, S, D]"""
        return self.start + torch.as_tensor(alphas, dtype=self.real.dtype)[:, None, None] * self.step

    def log_probs(self, x: torch.Tensor) -> torch.Tensor:
        """x [n, S, D] → [n, T]"""
        return target_log_probs(self.model, x, self.rows, self.target)

    def slope(self, alphas) -> torch.Tensor:
        """dφ_t/dα by forward mode, [n] → [n, T]"""
        with torch.no_grad(), forward_ad.dual_level():
            x = self.at(alphas)
            dual = forward_ad.make_dual(x, self.step.expand_as(x).contiguous())
            return forward_ad.unpack_dual(self.log_probs(dual)).tangent

    def token_attribution(self, alphas, weights, chunk: int = 10) -> torch.Tensor:
        """Σ_k w_k (e − b)·∂φ_t/∂e(α_k), [T, L]"""
        total = torch.zeros(len(self.target), self.rows, dtype=torch.float64)
        for i in range(0, len(alphas), chunk):
            x = self.at(alphas[i : i + chunk]).requires_grad_(True)
            w = torch.as_tensor(weights[i : i + chunk], dtype=x.dtype)
            score = self.log_probs(x)
            for t in range(len(self.target)):
                (g,) = torch.autograd.grad(score[:, t].sum(), x, retain_graph=True)
                total[t] += torch.einsum("nsd,sd,n->s", g, self.step, w)[: self.rows].double()
        return total

    def sequence_attribution(self, alphas, weights, chunk: int = 10) -> torch.Tensor:
        """The same summed over target tokens, one reverse pass a point: [L]"""
        total = torch.zeros(self.rows, dtype=torch.float64)
        for i in range(0, len(alphas), chunk):
            x = self.at(alphas[i : i + chunk]).requires_grad_(True)
            w = torch.as_tensor(weights[i : i + chunk], dtype=x.dtype)
            (g,) = torch.autograd.grad(self.log_probs(x).sum(), x)
            total += torch.einsum("nsd,sd,n->s", g, self.step, w)[: self.rows].double()
        return total


def baseline_row(weight: torch.Tensor, baseline: str) -> torch.Tensor:
    """`zero`, `mean` (of all rows of the embedding matrix) or `token:<id>` → [D]"""
    if baseline == "zero":
        return torch.zeros_like(weight[0])
    return weight.mean(0) if baseline == "mean" else weight[int(baseline.removeprefix("token:"))]


def target_logits(model, x: torch.Tensor, rows: int) -> torch.Tensor:
    """x [n, S, D] → logits at the rows that predict the target, [n, T, V]"""
    hidden = model.model(inputs_embeds=x, use_cache=False).last_hidden_state
    return model.lm_head(hidden[:, rows - 1 :])


def target_log_probs(model, x: torch.Tensor, rows: int, target: torch.Tensor) -> torch.Tensor:
    """x [n, S, D] → [n, T]"""
    log_probs = target_logits(model, x, rows).log_softmax(-1)
    return log_probs.gather(-1, target.expand(len(x), -1)[..., None])[..., 0]


def gauss_legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on [0, 1]."""
    x, w = np.polynomial.legendre.leggauss(n)
    return (x + 1) / 2, w / 2
