"""Secants restated in PyTorch on the awkward model, f64: python test/golden/rules/secant.py

Values are pairs [2, ...] of a start and an end. Linear maps keep autograd's own reverse; each other function has one that
takes a multiplier, in the place of the end's gradient, to that of its input. Attributions [T][L] of the log-probability of
each target token, by means of factors and by the ordered form, which sum to its change. Needs torch and safetensors."""

import json
import math
import pathlib
from importlib.metadata import version

import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent / "awkward" / "f32"
PACKAGES = ("torch", "safetensors")
ORDERED = False


def pair(m: torch.Tensor) -> torch.Tensor:
    return torch.stack((torch.zeros_like(m), m))


def late(x: torch.Tensor) -> torch.Tensor:
    """The partner of the second factor's change: the first at the end, or its mean"""
    return x[1] if ORDERED else x.mean(0)


def early(x: torch.Tensor) -> torch.Tensor:
    return x[0] if ORDERED else x.mean(0)


def secant(change: torch.Tensor, by: torch.Tensor, limit: torch.Tensor) -> torch.Tensor:
    near = by.abs() < 1e-10
    return torch.where(near, limit, change / torch.where(near, 1.0, by))


class Function(torch.autograd.Function):
    """y = value(*x); `back` of the pairs and the end's multiplier gives those of the inputs"""

    @classmethod
    def forward(cls, ctx, *x):
        ctx.save_for_backward(*x)
        return cls.value(*x)

    @classmethod
    def backward(cls, ctx, g):
        return tuple(None if m is None else pair(m) for m in cls.back(g[1], *ctx.saved_tensors))


class Matmul(Function):
    value = staticmethod(lambda a, b: a @ b)
    back = staticmethod(lambda m, a, b: (m @ early(b).mT, late(a).mT @ m))


class Times(Function):
    value = staticmethod(lambda a, b: a * b)
    back = staticmethod(lambda m, a, b: (m * early(b), m * late(a)))


class Silu(Function):
    value = staticmethod(lambda g: g * g.sigmoid())

    @staticmethod
    def back(m, g):
        y, s = Silu.value(g), g[1].sigmoid()
        return (m * secant(y[1] - y[0], g[1] - g[0], s * (1 + g[1] * (1 - s))),)


class Norm(Function):
    value = staticmethod(lambda x, w, eps: w * x * (x.pow(2).mean(-1, keepdim=True) + eps).rsqrt())

    @staticmethod
    def back(m, x, w, eps):
        r = (x.pow(2).mean(-1, keepdim=True) + eps).rsqrt()
        v, (r0, r1) = w * m, r
        pull = 2 / x.shape[-1] * r0**2 * r1**2 / (r0 + r1) * (v * early(x)).sum(-1, keepdim=True)
        return late(r) * v - pull * x.mean(0), None, None


def means(logs: torch.Tensor) -> torch.Tensor:
    """Logarithmic means of a pair of distributions, 0 where nothing is seen"""
    seen = torch.isfinite(logs[0])
    a, b = (torch.where(seen, one, 0.0) for one in logs)
    return torch.where(seen, secant(b.exp() - a.exp(), b - a, b.exp()), 0.0)


class Softmax(Function):
    value = staticmethod(lambda z: z.softmax(-1))

    @staticmethod
    def back(m, z):
        weight = means(z.log_softmax(-1))
        return (weight * (m - (weight * m).sum(-1, keepdim=True) / weight.sum(-1, keepdim=True)),)


class LogSoftmax(Function):
    value = staticmethod(lambda z: z.log_softmax(-1))

    @staticmethod
    def back(m, z):
        weight = means(z.log_softmax(-1))
        return (m - weight * m.sum(-1, keepdim=True) / weight.sum(-1, keepdim=True),)


def log_probs(w: dict, c: dict, x: torch.Tensor, rows: int) -> torch.Tensor:
    """Embeddings [2, S, D] → [2, T, V] at the rows from `rows` − 1 on"""
    D, H, K, S = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], x.shape[1]
    Dh, eps = D // H, torch.tensor(c["rms_norm_eps"], dtype=torch.float64)
    frequency = c["rope_parameters"]["rope_theta"] ** (-torch.arange(0, Dh, 2, dtype=torch.float64) / Dh)
    angle = torch.arange(S, dtype=torch.float64)[:, None] * torch.cat((frequency, frequency))
    turn = lambda v: v * angle.cos() + torch.cat((-v[..., Dh // 2 :], v[..., : Dh // 2]), -1) * angle.sin()  # noqa: E731
    hidden = torch.ones(S, S).triu(1).bool()
    for i in range(c["num_hidden_layers"]):
        at = f"model.layers.{i}."
        y = Norm.apply(x, w[at + "input_layernorm.weight"], eps)
        q, k, v = (
            (y @ w[f"{at}self_attn.{n}_proj.weight"].T + w[f"{at}self_attn.{n}_proj.bias"]).view(2, S, -1, Dh).transpose(1, 2)
            for n in "qkv"
        )
        k, v = (one.repeat_interleave(H // K, 1) for one in (k, v))
        scores = Matmul.apply(turn(q), turn(k).mT) / math.sqrt(Dh)
        o = Matmul.apply(Softmax.apply(scores.masked_fill(hidden, -math.inf)), v)
        x = x + o.transpose(1, 2).reshape(2, S, D) @ w[at + "self_attn.o_proj.weight"].T
        y = Norm.apply(x, w[at + "post_attention_layernorm.weight"], eps)
        gate, up = (y @ w[f"{at}mlp.{n}_proj.weight"].T for n in ("gate", "up"))
        x = x + Times.apply(Silu.apply(gate), up) @ w[at + "mlp.down_proj.weight"].T
    y = Norm.apply(x[:, rows - 1 :], w["model.norm.weight"], eps)
    return LogSoftmax.apply(y @ w["lm_head.weight"].T)


def attribution(w: dict, c: dict, prompt: list[int], target: list[int]) -> list[list[float]]:
    """[T][L], from the mean of the embedding matrix"""
    table = w["model.embed_tokens.weight"]
    end = table[torch.tensor(prompt + target[:-1])]
    start = end.clone()
    start[: len(prompt)] = table.mean(0).float().double()
    x = torch.stack((start, end)).requires_grad_(True)
    scores = log_probs(w, c, x, len(prompt))
    rows = []
    for t, token in enumerate(target):
        (m,) = torch.autograd.grad(scores[1, t, token], x, retain_graph=True)
        shares = (m[1] * (end - start)).sum(-1)
        assert abs(shares.sum() - (scores[1, t, token] - scores[0, t, token])) < 1e-11
        rows.append(shares[: len(prompt)].tolist())
    return rows


def main() -> None:
    global ORDERED
    config = json.loads((MODEL / "config.json").read_text())
    weights = {}
    for part in sorted(MODEL.glob("*.safetensors")):
        weights |= {name: value.double() for name, value in load_file(part).items()}
    found = []
    for one in json.loads((MODEL / "expected.json").read_text())["cases"]:
        for ORDERED in (False, True):
            shares = attribution(weights, config, one["prompt"], one["target"])
            found.append({"prompt": one["prompt"], "target": one["target"], "ordered": ORDERED, "attribution": shares})
    written = {"schema": "whence.golden.secant/1", "versions": {n: version(n) for n in PACKAGES}, "cases": found}
    (HERE / "secant.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()
