"""What SHAP, Captum, lime and scikit-learn say of games given by tables: python test/golden/shap/games.py

A game of n units is a callable on [rows, n] zeros and ones that looks its value up in a table of 2^n numbers for each of
T targets; unit i is bit i of the index. The explained input is all ones, the baseline all zeros."""

import importlib.metadata
import pathlib
import sys

import numpy as np
import shap
import torch
from captum.attr import FeatureAblation, KernelShap, Occlusion, ShapleyValues, ShapleyValueSampling
from lime.lime_base import LimeBase
from lime.lime_text import LimeTextExplainer
from sklearn.linear_model import Lasso
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from numbers_json import write_json  # noqa: E402

PACKAGES = ("captum", "lime", "numpy", "scikit-learn", "shap", "torch")


def lookup(table: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """[rows, n] → [rows, T]"""
    return table[(masks.astype(int) << np.arange(masks.shape[1])).sum(1)]


def random_table(n: int, targets: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(2**n, targets))


def smooth_table(n: int, seed: int) -> np.ndarray:
    """Main effects and pairs, squashed: [2^n, 1]"""
    rng = np.random.default_rng(seed)
    masks = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    pairs = np.triu(rng.normal(size=(n, n)), 1) / 2
    inner = masks @ rng.normal(size=n) + np.einsum("pi,ij,pj->p", masks, pairs, masks)
    return 3 * np.tanh(inner / 3)[:, None]


def linkage(tree, n: int) -> np.ndarray:
    """A nested list of two-element lists as scipy's linkage matrix."""
    rows = []

    def visit(node):
        if isinstance(node, int):
            return node, 1
        (left, a), (right, b) = visit(node[0]), visit(node[1])
        rows.append([left, right, len(rows) + 1, a + b])
        return n + len(rows) - 1, a + b

    visit(tree)
    return np.array(rows, dtype=float)


def shap_case(name: str, table: np.ndarray, tree) -> dict:
    n = table.shape[0].bit_length() - 1
    f = lambda masks: lookup(table, masks)  # noqa: E731
    zeros, ones = np.zeros((1, n)), np.ones((1, n))
    exact = shap.explainers.Exact(f, shap.maskers.Independent(zeros))(ones).values[0]
    masker = shap.maskers.Partition(zeros, clustering=linkage(tree, n))
    partition = shap.explainers.Partition(f, masker)(ones, max_evals=10**6, silent=True).values[0]
    kernel = shap.KernelExplainer(f, zeros).shap_values(ones, nsamples=2**n, l1_reg=False, silent=True)[0]
    return {"name": name, "units": n, "table": table.T.tolist(), "tree": tree, "exact": exact.T.tolist(),
            "partition": partition.T.tolist(), "kernel": kernel.reshape(n, -1).T.tolist()}


def captum_case(name: str, table: np.ndarray) -> dict:
    n = table.shape[0].bit_length() - 1
    seen: list[list[int]] = []

    def forward(x: torch.Tensor) -> torch.Tensor:
        seen.extend(x.int().tolist())
        return torch.from_numpy(lookup(table, x.numpy())[:, 0])

    x, zero = torch.ones(1, n, dtype=torch.float64), 0.0
    sampling = ShapleyValueSampling(forward)
    orders: list[list[int]] = []
    draw = sampling.permutation_generator
    sampling.permutation_generator = lambda *args: (orders.append(list(p)) or p for p in draw(*args))
    torch.manual_seed(5)
    sampled = sampling.attribute(x, baselines=zero, n_samples=7)[0]
    seen.clear()
    torch.manual_seed(6)
    kernel = KernelShap(forward).attribute(x, baselines=zero, n_samples=60)[0]
    kernel_masks = list(seen)
    return {
        "name": name, "units": n, "table": table.T.tolist(),
        "shapleyValues": ShapleyValues(forward).attribute(x, baselines=zero)[0].tolist(),
        "featureAblation": FeatureAblation(forward).attribute(x, baselines=zero)[0].tolist(),
        "occlusion": [
            {"window": w, "stride": s,
             "values": Occlusion(forward).attribute(x, (w,), strides=(s,), baselines=zero)[0].tolist()}
            for w, s in ((1, 1), (2, 1), (3, 2), (4, 3), (n, 1))
        ],
        "shapleyValueSampling": {"orders": orders, "values": sampled.tolist()},
        "kernelShap": {"masks": kernel_masks, "values": kernel.tolist()},
    }


def lime_case(n: int, seed: int) -> dict:
    """LimeBase on masks drawn as LimeTextExplainer draws them, its weights and all features."""
    rng = np.random.RandomState(seed)
    masks = np.ones((40, n))
    for row in masks[1:]:
        row[rng.choice(n, rng.randint(1, n + 1), replace=False)] = 0
    values = rng.normal(size=(40, 2)) + masks @ rng.normal(size=(n, 2))
    distances = 100 * (1 - masks.sum(1) / np.sqrt(np.maximum(masks.sum(1), 1) * n))
    base = LimeTextExplainer().base
    assert isinstance(base, LimeBase)
    weights = base.kernel_fn(distances)
    fits = [base.explain_instance_with_data(masks, values, distances, t, n, feature_selection="none") for t in range(2)]
    return {"masks": masks.astype(int).tolist(), "values": values.tolist(), "weights": weights.tolist(),
            "intercept": [float(fit[0]) for fit in fits],
            "coefficients": [[float(dict(fit[1])[i]) for i in range(n)] for fit in fits],
            "r2": [float(fit[2]) for fit in fits]}


def lasso_case(n: int, seed: int, alpha: float, constant: bool = False) -> dict:
    """The pipeline of ContextCite's solver, run to convergence."""
    rng = np.random.default_rng(seed)
    masks = rng.integers(0, 2, size=(48, n))
    if constant:
        masks[:, 1] = 1
    truth = np.where(rng.random(n) < 0.4, rng.normal(size=n), 0)
    values = masks @ truth + 0.1 * rng.normal(size=48)
    scaler, lasso = StandardScaler(), Lasso(alpha=alpha, tol=1e-14, max_iter=10**6)
    make_pipeline(scaler, lasso).fit(masks.astype(float), values)
    weight = lasso.coef_ / scaler.scale_
    return {"alpha": alpha, "masks": masks.tolist(), "values": values.tolist(), "coefficients": weight.tolist(),
            "intercept": float(lasso.intercept_ - scaler.mean_ @ weight)}


BALANCED = [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
RAGGED = [0, [[1, [2, 3]], [4, 5]]]

if __name__ == "__main__":
    write_json(HERE / "expected.json", {
        "schema": "whence.golden.shap/1",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "shap": [
            shap_case("random, ragged tree", random_table(6, 2, 1), RAGGED),
            shap_case("random, balanced tree", random_table(8, 2, 2), BALANCED),
            shap_case("smooth, balanced tree", np.repeat(smooth_table(8, 3), 2, axis=1), BALANCED),
        ],
        "captum": [captum_case("random", random_table(5, 1, 4)), captum_case("smooth", smooth_table(6, 5))],
        "lime": lime_case(7, 6),
        "lasso": [lasso_case(9, 7, 0.01), lasso_case(12, 8, 0.1), lasso_case(60, 9, 0.02), lasso_case(8, 10, 0.05, True)],
    })
