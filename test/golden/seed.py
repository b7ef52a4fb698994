"""The prompt and target of the work that Whence reproduces, and the check every frozen pair of sources passes."""

import torch

PROMPT = "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys"
TARGET = " painting, traveling to different countries, and volunteering at community events."


def agree(what: str, a: torch.Tensor, b: torch.Tensor, tolerance: float) -> None:
    """Refuses to freeze two sources of one quantity whose largest difference exceeds `tolerance` times the largest |b|,
    or times one nat where all of b is smaller (a converged model's log-probs are next to 0)."""
    gap = ((a.double() - b.double()).abs().max() / b.double().abs().max().clamp(min=1)).item()
    print(f"  {what} {gap:.1e}", flush=True)
    if not gap <= tolerance:
        raise ValueError(f"Cannot freeze {what} as the two must agree to {tolerance}: got {gap}")
