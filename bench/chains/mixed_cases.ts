/** A held-out prompt of the planted chains (experiments/models/chains/README.md). */
export interface ChainCase {
  readonly prompt: string;
  readonly target: string;
  readonly steps: readonly {
    readonly start: number;
    readonly end: number;
    readonly label: "necessary" | "decorative";
    readonly direct: boolean;
  }[];
  readonly answer: { readonly text: string; readonly start: number; readonly end: number };
}

const TRUTH = new URL("../../experiments/models/chains/ground_truth.json", import.meta.url);

/** Reads the prompts that have both necessary and decorative steps; `count` of them, evenly spread over the file. */
export function mixedCases(count: number): ChainCase[] {
  const all: ChainCase[] = JSON.parse(Deno.readTextFileSync(TRUTH)).prompts;
  const mixed = all.filter(({ steps }) => new Set(steps.map(({ label }) => label)).size === 2);
  if (!(count >= 1 && count <= mixed.length)) {
    throw new RangeError(`Cannot take prompts as their number must be 1 … ${mixed.length}: got ${count}`);
  }
  return Array.from({ length: count }, (_, i) => mixed[Math.floor(i * mixed.length / count)]);
}
