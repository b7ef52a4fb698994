"""Certified quadrature of the sequence attribution: Gauss–Lobatto intervals bisected where the residual of the tangent,
Σ_t |Q[dφ_t/dα] − Δφ_t|, is largest (docs/quadrature.md)."""

import numpy as np
import torch
from shared_path import SharedPath

NODES = 5  # Gauss–Lobatto nodes an interval
BATCH = 12  # path points a forward
SPLITS = 8  # intervals split a round, at most


def gauss_lobatto(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes (both ends included) and weights on [0, 1]."""
    p = np.polynomial.legendre.Legendre.basis(n - 1)
    x = np.concatenate([[-1], np.sort(p.deriv().roots().real), [1]])
    return (x + 1) / 2, 1 / (n * (n - 1) * p(x) ** 2)


def adaptive(path: SharedPath, tolerance: float, budget: int = 1500) -> tuple[torch.Tensor, float, int]:
    """The attribution [L], the certificate κ and the path points used. Raises when κ stays above the tolerance."""
    x, w = gauss_lobatto(NODES)
    cache: dict[float, tuple] = {}  # α → φ [T], slope [T], integrand [L]
    done, active = [], [(0.0, 1.0)]  # done: (residual, interval, attribution)
    while True:
        inside = {i: [i[0], *(i[0] + (i[1] - i[0]) * float(t) for t in x[1:-1]), i[1]] for i in active}
        evaluate(path, [a for nodes in inside.values() for a in nodes], cache)
        for (a, c), nodes in inside.items():
            slope, integrand = (sum(wk * (c - a) * cache[q][j] for wk, q in zip(w, nodes)) for j in (1, 2))
            done.append(((slope - (cache[c][0] - cache[a][0])).abs().sum().item(), (a, c), integrand))
        gap = (cache[1.0][0] - cache[0.0][0]).abs().sum().item()
        residual = sum(d[0] for d in done)
        print(f"  adaptive: {len(cache)} points, certificate {residual / gap:.2e}", flush=True)
        if residual <= tolerance * gap:
            return sum(d[2] for d in done), residual / gap, len(cache)
        if len(cache) > budget:
            raise ValueError(f"Cannot freeze as the certificate must reach {tolerance}: got {residual / gap}")
        done.sort(key=lambda d: -d[0])
        count, left = 0, residual
        while left > tolerance * gap / 2 and count < SPLITS:
            left, count = left - done[count][0], count + 1
        active = [half for _, (a, c), _ in done[:count] for half in ((a, (a + c) / 2), ((a + c) / 2, c))]
        done = done[count:]


def evaluate(path: SharedPath, alphas: list[float], cache: dict[float, tuple]) -> None:
    """Fills the cache for the points that are new."""
    new = [a for a in dict.fromkeys(alphas) if a not in cache]
    for i in range(0, len(new), BATCH):
        part = new[i : i + BATCH]
        x = path.at(part).requires_grad_(True)
        phi = path.log_probs(x)
        (g,) = torch.autograd.grad(phi.sum(), x)
        integrand = (g * path.step).sum(-1)[:, : path.rows]
        slope = path.slope(part)
        cache.update({a: (phi[k].detach(), slope[k], integrand[k]) for k, a in enumerate(part)})
