"""Dense f32 products by PyTorch on the CPU, of given shapes.

    run_products.py SHAPES    [{"rows", "inner", "outputs", "count"}, …]

Each of the `count` products of a shape has a weight of its own [outputs, inner], as in a model. Forward is x Wᵀ, reverse
is dy W; each list runs as a whole, twice, and the second time counts. Prints one JSON object: seconds of both, and the
version.
"""

import json
import sys
import time

import torch

torch.manual_seed(0)
torch.set_grad_enabled(False)
products = []
for shape in json.loads(sys.argv[1]):
    inner, outputs = shape["inner"], shape["outputs"]
    weights = torch.randn(shape["count"], outputs, inner)
    products.append((torch.randn(shape["rows"], inner), torch.randn(shape["rows"], outputs), weights))


def check() -> None:
    for x, dy, weights in products:
        w = weights[0]
        torch.testing.assert_close((x @ w.T)[0].double(), w.double() @ x[0].double(), rtol=1e-4, atol=1e-3)
        torch.testing.assert_close((dy @ w)[0].double(), dy[0].double() @ w.double(), rtol=1e-4, atol=1e-3)


def forward() -> None:
    for x, _, weights in products:
        for w in weights:
            torch.nn.functional.linear(x, w)


def reverse() -> None:
    for _, dy, weights in products:
        for w in weights:
            torch.matmul(dy, w)


check()
result = {"version": f"PyTorch {torch.__version__.split('+')[0]}, {torch.get_num_threads()} threads"}
for run in (forward, reverse):
    for _ in range(2):
        began = time.perf_counter()
        run()
        result[run.__name__] = time.perf_counter() - began
print(json.dumps(result))
