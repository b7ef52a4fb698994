import { paddedBytes } from "../../src/gpu/buffer.ts";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { PART_END } from "../../src/gpu/part_counter.ts";
import type { BufferRange, Dispatch } from "../../src/gpu/pass.ts";
import { trace } from "../../src/graph/graph.ts";
import { launches, type LaunchTarget } from "../../src/graph/launches.ts";
import { bytesOf, kernelScratch, plan } from "../../src/graph/memory_plan.ts";
import { attentionCandidates, attentionFamily } from "../../src/ops/attention/attention_choice.ts";
import type { AttentionAttributes } from "../../src/ops/attention/attention_layout.ts";
import { elementBytes, FORMATS, type WeightFormat } from "../../src/ops/formats/format_table.ts";
import type { GpuWeight } from "../../src/ops/formats/weight.ts";
import type { Tuning } from "../../src/ops/kernel_choice.ts";
import { forwardProduct, transposedProduct } from "../../src/ops/product/product.ts";
import { productCandidates } from "../../src/ops/product/product_choice.ts";
import { singleCandidates, singleProduct } from "../../src/ops/product/single_product.ts";
import { ATTENTION_CASES } from "../ops/attention/attention_cases.ts";
import { BLOCK_CASES } from "../ops/block/block_cases.ts";
import { WEIGHT_FORMATS } from "../ops/formats/weight_formats.ts";
import { HARDWARE_CASES, HEAD_CASES, HEAD_VALUE_CASES } from "../ops/head/head_cases.ts";
import { RULE_CASES } from "../ops/rules/rule_cases.ts";
import type { OpCase } from "../support/op_case.ts";
import { ATTENTION_SHAPES } from "./attention_shapes.ts";

const ALL_CASES: readonly OpCase[] = [
  ...ATTENTION_CASES,
  ...ATTENTION_SHAPES,
  ...BLOCK_CASES,
  ...HEAD_CASES,
  ...HEAD_VALUE_CASES,
  ...HARDWARE_CASES,
  ...RULE_CASES,
];

/** The kind of adapter that kernels are made for. */
type KernelTarget = Pick<LaunchTarget, "subgroups" | "software">;

export const TARGETS: readonly KernelTarget[] = [true, false].flatMap((subgroups) =>
  [true, false].map((software) => ({ subgroups, software }))
);

/**
 * Makes every kernel without a device: of the cases of all ops in all formats, of all candidates of products, with and
 * without subgroups, for software and for hardware, and of the ends of runs.
 *
 * @returns one of each text
 */
export function allKernels(targets: readonly KernelTarget[] = TARGETS): Kernel[] {
  const kernels = new Map<string, Kernel>([[PART_END.code, PART_END]]);
  const keep = (dispatches: readonly Dispatch[]) => {
    for (const { kernel } of dispatches) if (!kernels.has(kernel.code)) kernels.set(kernel.code, kernel);
  };
  for (const target of targets) {
    for (const one of ALL_CASES) {
      const formats = one.weights === undefined ? (["f32"] as const) : WEIGHT_FORMATS;
      for (const format of formats) {
        for (const tuning of tuningsOf(one, target)) keep(launchesOf(one, { ...target, tuning }, format));
      }
    }
    for (const format of WEIGHT_FORMATS) {
      for (const inner of INNER) {
        keep(productsOf(format, inner, target));
        keep(singlesOf(format, inner, target));
      }
    }
  }
  return [...kernels.values()];
}

/** Tunings for each candidate of attention on a GPU; the defaults for other ops. */
function tuningsOf({ op, attributes }: OpCase, { subgroups, software }: KernelTarget): (Tuning | undefined)[] {
  if (software || !op.startsWith("attention")) return [undefined];
  const family = attentionFamily((attributes as AttentionAttributes).headSize);
  return attentionCandidates(subgroups).map((choice) => ({ name: "candidate", choices: new Map([[family, choice]]) }));
}

/** The launches of one op, with its weights in a format. */
function launchesOf(one: OpCase, target: Omit<LaunchTarget, "weights">, format: WeightFormat): Dispatch[] {
  const g = trace();
  const inputs = one.inputs.map((type, i) => g.input(`in${i}`, type));
  const graph = g.finish({ outputs: g.emit(one.op, one.attributes as never, inputs) });
  const layout = plan(graph, kernelScratch(target));
  const values = [...graph.inputs.map(({ value }) => value), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const weights = Object.entries(one.weights ?? {}).map(([name, [rows, columns]]) =>
    [name, weightOf(format, rows, columns)] as const
  );
  return launches(
    graph,
    { ...target, weights: new Map(weights) },
    new Map(values.map((value) => [value.id, rangeOf(bytesOf(value))])),
    layout.scratch.map((own) => own.map((slot) => rangeOf(layout.slots[slot]))),
  );
}

/** Columns of weights: no octets, no whole blocks, and 2, 3 and 4 eights of lanes of the transposed kernel. */
const INNER = [70, 96, 128, 192, 256, 1536] as const;
/** Rows of weights that give the lanes of the forward kernel 2, 3 and 4 eights. */
const COUNTS = [64, 131, 256] as const;
/** Rows of a batch whose lanes have 16 rows, and 20. */
const ROWS = [71, 1500] as const;

const RANGE = rangeOf(1e6);
const ADDED = [null, { kind: "bias", range: RANGE }, { kind: "residual", range: RANGE }] as const;

function productsOf(format: WeightFormat, inner: number, target: KernelTarget): Dispatch[] {
  const products = COUNTS.flatMap((count) => {
    const w = weightOf(format, count, inner);
    return ROWS.map((rows) => ({ w, segment: w.segments[0], weightRow: 0, count, rows, ...target, parts: RANGE }));
  });
  return products.flatMap((product) => {
    const forward = productCandidates("forward", format, inner, target).flatMap((choice) =>
      ADDED.flatMap((added) =>
        forwardProduct({ ...product, choice, x: RANGE, y: RANGE, added }, { column: 0, stride: product.count })
      )
    );
    const transposed = productCandidates("transposed", format, inner, target).flatMap((choice) =>
      // A stride that is no multiple of four has a kernel of its own.
      [132, 131].flatMap((stride) =>
        transposedProduct({ ...product, choice, dy: RANGE, dx: RANGE }, { column: 0, stride, accumulate: false })
      )
    );
    return [...forward, ...transposed];
  });
}

function singlesOf(format: WeightFormat, inner: number, { subgroups, software }: KernelTarget): Dispatch[] {
  const w = weightOf(format, 128, inner);
  const product = { w, segment: w.segments[0], weightRow: 0, subgroups, software, x: RANGE, y: RANGE };
  const window = { column: 0, stride: w.rows };
  const norms = inner % 64 === 0 ? [null, { weight: RANGE, epsilon: 1e-6 }] : [null];
  // Additions and fusions do not depend on the choice: the two that are defaults have all of them.
  return (singleCandidates(format, inner, software) ?? []).flatMap((choice, i) =>
    (i < 2 ? norms : norms.slice(-1)).flatMap((norm) => [
      ...(i < 2 ? ADDED : ADDED.slice(0, 1)).flatMap((added) =>
        singleProduct({ ...product, choice, count: w.rows, added, fusion: { norm, up: null } }, window)
      ),
      ...singleProduct({ ...product, choice, count: 64, added: null, fusion: { norm, up: 64 } }, window),
    ])
  );
}

function weightOf(format: WeightFormat, rows: number, columns: number): GpuWeight {
  const { data, scales } = elementBytes(format, rows * columns);
  const segment = {
    format,
    rowStart: 0,
    rows,
    data: standIn(data),
    scales: FORMATS[format].layout.block === null ? undefined : standIn(scales!),
  };
  return { rows, columns, segments: [segment] };
}

function rangeOf(size: number): BufferRange {
  return { buffer: standIn(size), offset: 0, size };
}

/** A buffer of which only the size is asked. */
function standIn(bytes: number): GPUBuffer {
  return { size: paddedBytes(bytes) } as GPUBuffer;
}
