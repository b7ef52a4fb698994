import type { AttributionRecord } from "../../explain/record/record.ts";
import type { Cell } from "./cell.ts";
import { stableJson } from "./stable_json.ts";

/** Fields of a record's metrics that are no metrics. */
const NO_METRICS = ["scheme", "seed", "cost"];

/**
 * Returns the name of the first part in which a record is another cell's; null if it is the cell's own as far as it
 * tells. Records of earlier versions have no key.
 */
export function foreignPart(record: AttributionRecord, cell: Cell): string | null {
  if (record.cell !== undefined && record.cell !== cell.key) return "key";
  const { prompt, target, alternative, method, metrics } = record;
  const { text, options, recorded } = cell;
  const history = text.history ?? [];
  const promptText = [...history.map(({ content }) => content), text.prompt].join("\n");
  const measured = Object.keys(metrics ?? {}).filter((name) => !NO_METRICS.includes(name));
  const parts: readonly (readonly [part: string, has: unknown, must: unknown])[] = [
    ["prompt", [prompt.text, prompt.history ?? []], [promptText, history]],
    ["target", text.target === undefined ? null : target.text, text.target ?? null],
    ["target", target.generation === undefined, text.target !== undefined],
    ["alternative", alternative?.text ?? null, text.alternative ?? null],
    ["method", method, { name: options.method, ...recorded }],
    ["metrics", measured.toSorted(), [...options.metrics?.names ?? []].toSorted()],
  ];
  return parts.find(([, has, must]) => stableJson(has) !== stableJson(must))?.[0] ?? null;
}
