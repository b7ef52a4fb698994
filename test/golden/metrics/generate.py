"""What scipy, scikit-learn and Captum say of statistics and metrics: python test/golden/metrics/generate.py"""

import importlib.metadata
import pathlib
import sys

import numpy as np
import torch
from captum.metrics import infidelity, sensitivity_max
from scipy import stats
from sklearn import metrics

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from numbers_json import write_json  # noqa: E402

PACKAGES = ("captum", "numpy", "scikit-learn", "scipy", "torch")


def correlations(name: str, a, b) -> dict:
    a, b = np.asarray(a, float), np.asarray(b, float)
    return {"name": name, "a": a.tolist(), "b": b.tolist(), "pearson": float(stats.pearsonr(a, b).statistic),
            "spearman": float(stats.spearmanr(a, b).statistic), "kendall": float(stats.kendalltau(a, b).statistic),
            "ranks": stats.rankdata(a).tolist()}


def truth(name: str, scores, causes) -> dict:
    scores, causes = np.asarray(scores, float), np.asarray(causes, bool)
    return {"name": name, "scores": scores.tolist(), "causes": causes.tolist(),
            "rocAuc": float(metrics.roc_auc_score(causes, scores)),
            "averagePrecision": float(metrics.average_precision_score(causes, scores))}


def bootstraps(name: str, values, statistic, seed: int) -> dict:
    result = stats.bootstrap((values,), statistic, n_resamples=20_000, method="BCa", rng=np.random.default_rng(seed),
                             confidence_level=0.95).confidence_interval
    return {"name": name, "values": values.tolist(), "low": float(result.low), "high": float(result.high)}


def captum_infidelity(n: int, seed: int) -> dict:
    """A game by a table, noise that takes units of an all-ones input away."""
    rng = np.random.default_rng(seed)
    table, phi = rng.normal(size=2**n), rng.normal(size=n)
    masks = rng.integers(0, 2, size=(30, n))
    masks[0] = 0

    def forward(x):
        return torch.from_numpy(table[(x.numpy().astype(int) << np.arange(n)).sum(1)])

    def perturb(x):
        kept = torch.from_numpy(masks.astype(float))
        return 1 - kept, kept

    x, attribution = torch.ones(1, n, dtype=torch.float64), torch.from_numpy(phi)[None]
    plain, scaled = (
        infidelity(forward, perturb, x, attribution, n_perturb_samples=len(masks), normalize=normalize).item()
        for normalize in (False, True)
    )
    drops = forward(x).item() - forward(torch.from_numpy(masks.astype(float))).numpy()
    return {"attribution": phi.tolist(), "masks": masks.tolist(), "drops": drops.tolist(), "value": plain, "scaled": scaled}


def captum_sensitivity(n: int, seed: int) -> dict:
    torch.manual_seed(seed)
    weight, x = torch.randn(n, n, dtype=torch.float64), torch.randn(1, n, dtype=torch.float64)
    seen: list[list[float]] = []

    def explain(inputs):
        (inner,) = inputs  # Captum passes a tuple
        out = torch.tanh(inner @ weight) * inner
        seen.extend(out.tolist())
        return (out,)

    value = sensitivity_max(explain, x, perturb_radius=0.1, n_perturb_samples=9, max_examples_per_batch=1).item()
    return {"base": seen[0], "perturbed": seen[1:], "max": value}


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    x = rng.normal(size=40)
    skewed = rng.exponential(size=25)
    freedoms = (1, 1.5, 2, 3, 7, 13, 29.5, 100, 1e4, 1e6)
    shares = (0.025, 0.1, 0.5, 0.6, 0.9, 0.975, 0.995, 0.99999)
    write_json(HERE / "expected.json", {
        "schema": "whence.golden.metrics/1",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "student": [{"degrees": d, "shares": list(shares), "quantiles": stats.t.ppf(shares, d).tolist()} for d in freedoms],
        "normal": {"shares": list(shares), "quantiles": stats.norm.ppf(shares).tolist(),
                   "points": [-8.0, -3.0, -1.0, 0.0, 0.5, 2.0, 5.0],
                   "below": stats.norm.cdf([-8, -3, -1, 0, 0.5, 2, 5]).tolist()},
        "correlations": [
            correlations("normal", x, 0.6 * x + rng.normal(size=40)),
            correlations("far from zero", 1e6 + x, 1e6 - x + rng.normal(size=40)),
            correlations("many ties", rng.integers(0, 4, 30), rng.integers(0, 3, 30)),
            correlations("ties in one", rng.integers(0, 2, 12), rng.normal(size=12)),
            correlations("same order", [1, 2, 3, 4, 10], [2, 4, 5, 6, 7]),
            correlations("two values", [1, 2], [3, -1]),
        ],
        "truth": [
            truth("normal", rng.normal(size=30), rng.random(30) < 0.3),
            truth("many ties", rng.integers(0, 4, 40), rng.random(40) < 0.4),
            truth("perfect", [5, 4, 3, 2, 1], [1, 1, 0, 0, 0]),
            truth("worst", [1, 2, 3, 4, 5], [1, 1, 0, 0, 0]),
            truth("all tied", [1, 1, 1, 1], [0, 1, 0, 0]),
        ],
        "bootstrap": [bootstraps("mean", skewed, np.mean, 2), bootstraps("median", rng.normal(size=41), np.median, 3)],
        "infidelity": captum_infidelity(6, 4),
        "sensitivity": captum_sensitivity(8, 5),
    })
