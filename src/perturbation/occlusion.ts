import { type Coalition, everyUnit, noUnit } from "./coalition.ts";
import type { Scorer } from "./scorer.ts";
import { type UnitAttribution, unitAttribution } from "./unit_attribution.ts";

/** Options of `occlude`. */
export interface OcclusionOptions {
  /** Neighbouring units taken away at once, 1 … N; 1 (default) leaves one out. */
  readonly window?: number;
  /** Units from one window to the next, 1 … window; 1 by default. */
  readonly stride?: number;
}

/**
 * Leave-one-out and sliding-window occlusion: A[t, i] is the mean of F_t(x) − F_t(x without W) over the windows W that
 * hold unit i. A last window that reaches over the end is cut off.
 *
 * Cost: ⌈(N − window) / stride⌉ + 3 model calls, one less if the empty prompt has no score.
 * Source: Zeiler & Fergus, "Visualizing and understanding convolutional networks" (2014); windows as Captum's
 * Occlusion.
 *
 * @throws {RangeError} if window or stride is out of range, or a window holds every unit and the empty prompt has no
 * score
 */
export async function occlude(scorer: Scorer, options: OcclusionOptions = {}): Promise<UnitAttribution> {
  const { units: N, columns: C } = scorer;
  const { window = 1, stride = 1 } = options;
  if (!Number.isInteger(window) || window < 1 || window > N) {
    throw new RangeError(`Cannot occlude as the window must be 1 … ${N} units: got ${window}`);
  }
  if (!Number.isInteger(stride) || stride < 1 || stride > window) {
    throw new RangeError(`Cannot occlude as the stride must be 1 … ${window}, no wider than the window: got ${stride}`);
  }
  const windows = windowsOf(N, window, stride);
  const ends = scorer.scoresNothing ? [everyUnit(N), noUnit(N)] : [everyUnit(N)];
  const scores = await scorer.score([...ends, ...windows]);
  const [all] = scores;
  const without = scores.slice(ends.length);
  const values = new Float64Array(C * N);
  for (let i = 0; i < N; i++) {
    const holding = windows.flatMap((kept, w) => kept[i] === 0 ? [w] : []);
    for (let c = 0; c < C; c++) {
      const change = holding.reduce((sum, w) => sum + (all[c] - without[w][c]), 0);
      values[c * N + i] = change / holding.length;
    }
  }
  return unitAttribution(scorer, values, scores.slice(0, ends.length));
}

/** Returns the coalition outside each window. */
function windowsOf(units: number, window: number, stride: number): Coalition[] {
  const count = Math.ceil((units - window) / stride) + 1;
  return Array.from({ length: count }, (_, w) => everyUnit(units).fill(0, w * stride, w * stride + window));
}
