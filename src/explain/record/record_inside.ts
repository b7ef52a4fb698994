import { distance, sum } from "../../statistics/sums.ts";
import { BESIDE_HEADS } from "../../model/run/inside_samples.ts";
import type { Judged } from "../judged.ts";

/**
 * Conductance: how much of the change of the score passes through each part of each layer, at each position. The
 * residual stream that leaves a layer is a whole cut of the network, so its positions sum to the attribution; so do the
 * heads with what skips them, and the MLP with what skips it.
 */
export interface RecordInside {
  /** `heads`: each head by itself; `layers`: attention as a whole. */
  readonly by: "heads" | "layers";
  /** Number of the first layer: the one whose input is attributed. */
  readonly firstLayer: number;
  /** Names of a layer's parts: `head 0` … or `attention`, then `mlp` and `residual`. */
  readonly parts: readonly string[];
  /** Numbers of layers, parts and positions: the prompt's, then those of the record's `prefix`. */
  readonly shape: readonly [layers: number, parts: number, positions: number];
  /** Values of that shape, nats: f32, little-endian, in base64. `insideValues` reads them. */
  readonly values: string;
  /** [layers], sums over both cuts of a layer, around attention and around the MLP, nats. */
  readonly cuts: readonly (readonly [attention: number, mlp: number])[];
  /** Largest difference of a cut from the attribution's sum, relative to Σ_t |F_t(x) − F_t(x′)|; null if that is 0. */
  readonly disagreement: number | null;
}

/** Describes what passed through each part of the network; null if it was not asked for. */
export function recordInside(
  { inside, sequenceAttribution, prefix, input, baseline }: Judged,
  { inside: by, layer }: Readonly<Record<string, unknown>>,
  { heads, layers: all }: { readonly heads: number; readonly layers: number },
): RecordInside | null {
  if (inside === undefined || baseline === null) return null;
  const firstLayer = layer as number;
  const layers = all - firstLayer;
  const positions = inside.length / (layers * (heads + BESIDE_HEADS));
  const partOf = (at: number, part: number) => {
    const first = (at * (heads + BESIDE_HEADS) + part) * positions;
    return inside.subarray(first, first + positions);
  };
  const names = by === "heads" ? Array.from({ length: heads }, (_, head) => `head ${head}`) : ["attention"];
  const parts = [...names, "mlp", "residual"];
  const values = new Float32Array(layers * parts.length * positions);
  const cuts = Array.from({ length: layers }, (_, at): [number, number] => {
    const ofHeads = Array.from({ length: heads }, (_, head) => partOf(at, head));
    const [skipped, mlp, passed] = [0, 1, 2].map((part) => partOf(at, heads + part));
    const rows = [...(by === "heads" ? ofHeads : [added(ofHeads)]), mlp, added([mlp, passed])];
    rows.forEach((row, part) => values.set(row, (at * parts.length + part) * positions));
    return [sum(added([...ofHeads, skipped])), sum(mlp) + sum(passed)];
  });
  const gap = distance(input, baseline);
  const whole = sum(sequenceAttribution) + (prefix === null ? 0 : sum(prefix.sequence));
  return {
    by: by as RecordInside["by"],
    firstLayer,
    parts,
    shape: [layers, parts.length, positions],
    values: toBase64(values),
    cuts,
    disagreement: gap === 0 ? null : Math.max(...cuts.flat().map((cut) => Math.abs(cut - whole))) / gap,
  };
}

/**
 * Reads a record's conductance, [layers, parts, positions].
 *
 * @throws {TypeError} if the values are not as many as the shape says, or not finite
 */
export function insideValues({ values, shape }: Pick<RecordInside, "values" | "shape">): Float32Array {
  const bytes = Uint8Array.from(atob(values), (character) => character.charCodeAt(0));
  const count = shape[0] * shape[1] * shape[2];
  const view = new DataView(bytes.buffer);
  const read = bytes.length === 4 * count
    ? Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true))
    : null;
  if (read === null || !read.every(Number.isFinite)) {
    throw new TypeError(
      `Cannot read inside.values as they must be ${count} finite numbers: got ${bytes.length} bytes` +
        (read === null ? "" : " with others"),
    );
  }
  return read;
}

function toBase64(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""));
}

function added(rows: readonly Float64Array[]): Float64Array {
  return rows[0].map((_, i) => rows.reduce((total, row) => total + row[i], 0));
}
