/** `deno run -A bench/peak.ts`: best rates of this adapter, the ruler for every other figure. */
import assert from "node:assert/strict";
import copySource from "./peak/copy.wgsl" with { type: "text" };
import fmaSource from "./peak/fma.wgsl" with { type: "text" };
import readSource from "./peak/read.wgsl" with { type: "text" };
import stretchSource from "./peak/stretch.wgsl" with { type: "text" };
import { createAllocator, STORAGE } from "../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../src/gpu/device.ts";
import { createPipelineCache, specialize } from "../src/gpu/kernel.ts";
import { createPass, type Dispatch, type Pass, wholeBuffer } from "../src/gpu/pass.ts";
import { runDispatches, upload } from "../src/gpu/run_dispatches.ts";
import { emit } from "./figure.ts";
import { median, timeInTurn } from "../src/gpu/gpu_time.ts";
import { startStopwatch } from "../src/time/stopwatch.ts";

/** Accumulators a lane of the ruler that the goals refer to. */
export const RULER = 8;
/** As many accumulators as lavapipe's 16 registers hold: the best found. */
export const BEST = 12;

/** Writes a share of the ruler in words. */
export function ofRuler(share: number): string {
  return `${(100 * share).toFixed(0)} % of what ${RULER} accumulators reach`;
}

/** Work that does one thing as fast as the adapter can. */
interface Peak {
  readonly pass: Pass;
  /** 1e9 operations, or 1e9 bytes moved. */
  readonly amount: number;
}

const LANES = 64 * 64;
const STEPS = 100;

/**
 * Prepares a kernel of fused multiply-adds alone.
 *
 * @param accumulators independent accumulators of a lane
 */
export async function fmaPeak(gpu: Gpu, accumulators: number): Promise<Peak> {
  const pipelines = createPipelineCache(gpu);
  const allocator = createAllocator(gpu);
  const y = allocator.create("y", LANES * 4, STORAGE);
  const kernel = specialize("fma", [fmaSource], { STEPS }, { ACCUMULATORS: accumulators });
  const dispatches = [{ kernel, bindings: [wholeBuffer(y)], params: [1], workgroups: [LANES / 64, 1, 1] as const }];
  const sums = await runDispatches(gpu, pipelines, allocator, dispatches, y, LANES);
  for (const sum of sums) assert.equal(sum, 2 * accumulators);
  const amount = 2 * LANES * STEPS * 16 * accumulators / 1e9;
  return { pass: await createPass(gpu, pipelines, allocator, dispatches), amount };
}

// Larger than any cache of a processor.
const BYTES = 2 ** 26;

/**
 * Movement of memory: neighbouring lanes read neighbouring elements, or also copy them, or each lane reads a stretch.
 */
type MoveKind = "read" | "copy" | "stretch";

interface Move {
  readonly source: string;
  /** vec4<f32> that a workgroup reads. */
  readonly group: number;
  /** vec4<f32> written for one that is read. */
  readonly written: number;
  /** The elements of x that make up element `at` of y. */
  read(at: number): number[];
}

const MOVES: Readonly<Record<MoveKind, Move>> = {
  read: {
    source: readSource,
    group: 128,
    written: 1 / 16,
    read: (at) => Array.from({ length: 16 }, (_, u) => Math.floor(at / 32) * 512 + u * 32 + at % 32),
  },
  copy: { source: copySource, group: 128, written: 1, read: (at) => [at] },
  stretch: {
    source: stretchSource,
    group: 8 * 256,
    written: 1 / 256,
    read: (at) => Array.from({ length: 256 }, (_, u) => Math.floor(at / 4) * 1024 + u * 4 + at % 4),
  },
};

/** Prepares a kernel that reads 64 MiB, or copies them. */
export async function bandwidthPeak(gpu: Gpu, kind: MoveKind): Promise<Peak> {
  const { source, group, written, read } = MOVES[kind];
  const pipelines = createPipelineCache(gpu);
  const allocator = createAllocator(gpu);
  const x = upload(gpu, allocator, Float32Array.from({ length: BYTES / 4 }, (_, i) => i % 251));
  const y = allocator.create("y", BYTES * written, STORAGE);
  const kernel = specialize(kind, [source], {});
  const dispatches: Dispatch[] = [{
    kernel,
    bindings: [wholeBuffer(x), wholeBuffer(y)],
    params: [0],
    workgroups: [BYTES / 16 / group, 1, 1],
  }];
  const values = await runDispatches(gpu, pipelines, allocator, dispatches, y, y.size / 4);
  for (let at = 0; at < values.length; at += 997) {
    assert.equal(values[at], read(at).reduce((sum, i) => sum + i % 251, 0));
  }
  return { pass: await createPass(gpu, pipelines, allocator, dispatches), amount: (BYTES + y.size) / 1e9 };
}

/**
 * Measures GB/s of the driver's own copies, reads and writes counted, by the wall clock, as copies have no timestamps.
 */
async function copyBufferToBuffer(gpu: Gpu): Promise<number> {
  const allocator = createAllocator(gpu);
  const [from, to] = ["from", "to"].map((label) => allocator.create(label, BYTES, STORAGE));
  const copies = 16;
  const seconds: number[] = [];
  for (let round = 0; round < 6; round++) {
    const encoder = gpu.device.createCommandEncoder();
    for (let i = 0; i < copies; i++) encoder.copyBufferToBuffer(from, 0, to, 0, BYTES);
    const copying = startStopwatch();
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.device.queue.onSubmittedWorkDone();
    seconds.push(copying());
  }
  gpu.check();
  allocator.freeAll();
  return 2 * BYTES * copies / 1e9 / median(seconds.slice(1));
}

async function measure(): Promise<void> {
  const gpu = await openGpu();
  const accumulators = [4, RULER, BEST, 16];
  const fma = await Promise.all(accumulators.map((n) => fmaPeak(gpu, n)));
  const kinds = ["read", "stretch", "copy"] as const;
  const moves: Peak[] = [];
  for (const kind of kinds) moves.push(await bandwidthPeak(gpu, kind));
  const seconds = await timeInTurn(gpu, [...fma, ...moves].map(({ pass }) => pass), 9);
  const rates = accumulators.map((_, i) => fma[i].amount / seconds[i]);
  const best = rates[accumulators.indexOf(BEST)];
  accumulators.forEach((n, i) => {
    const note = n === RULER
      ? "the ruler that the goals refer to"
      : n === BEST
      ? "the peak that shares refer to"
      : undefined;
    emit({ what: `FMA, ${n} accumulators a lane`, value: rates[i], unit: "GFLOPS", share: rates[i] / best, note });
  });
  const [read, stretch, copy] = moves.map(({ amount }, i) => amount / seconds[fma.length + i]);
  emit({ what: "read by a kernel, neighbouring lanes neighbouring elements, 64 MiB", value: read, unit: "GB/s" });
  emit({ what: "read by a kernel, each lane a stretch of 4 KiB, 64 MiB", value: stretch, unit: "GB/s" });
  emit({ what: "copy by a kernel, 64 MiB, read and written", value: copy, unit: "GB/s" });
  const driver = await copyBufferToBuffer(gpu);
  emit({ what: "copyBufferToBuffer, 64 MiB, read and written", value: driver, unit: "GB/s", note: "wall clock" });
  gpu.close();
}

if (import.meta.main) await measure();
