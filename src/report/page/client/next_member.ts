/// <reference lib="dom" />

/** The member to which a key leads from another; null if the key leads nowhere. */
export function nextMember(group: HTMLElement, from: number, key: string): number | null {
  const stops = [...group.querySelectorAll<HTMLElement>("[role=button]")];
  const at = stops.findIndex((stop) => memberOf(stop) === from);
  const found = key === "ArrowRight"
    ? stops[at + 1]
    : key === "ArrowLeft"
    ? stops[at - 1]
    : key === "Home"
    ? stops[0]
    : key === "End"
    ? stops.at(-1)
    : key === "ArrowDown"
    ? nearestBelow(stops, at, 1)
    : key === "ArrowUp"
    ? nearestBelow(stops, at, -1)
    : undefined;
  return found === undefined ? null : memberOf(found);
}

/** The stop of the next line, or of the line before, that is nearest in the direction of the line. */
function nearestBelow(stops: readonly HTMLElement[], at: number, step: 1 | -1): HTMLElement | undefined {
  const boxes = stops.map((stop) => stop.getClientRects()[0]);
  const own = boxes[at];
  let line: number | null = null;
  let best: number | undefined;
  for (let i = at + step; i >= 0 && i < stops.length; i += step) {
    if (Math.abs(boxes[i].top - own.top) < own.height / 2) continue;
    line ??= boxes[i].top;
    if (Math.abs(boxes[i].top - line) > own.height / 2) break;
    if (best === undefined || distance(boxes[i], own) < distance(boxes[best], own)) best = i;
  }
  return best === undefined ? undefined : stops[best];
}

function distance(one: DOMRect, other: DOMRect): number {
  return Math.abs(one.left - other.left);
}

function memberOf(stop: HTMLElement): number {
  return Number(stop.getAttribute("data-member"));
}
