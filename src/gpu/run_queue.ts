import { startStopwatch } from "../time/stopwatch.ts";
import { cutPass } from "./cut_pass.ts";
import type { Gpu } from "./device.ts";
import type { GpuError } from "./gpu_error.ts";
import type { PipelineCache } from "./kernel.ts";
import { createPace } from "./pace.ts";
import { createPartCounter } from "./part_counter.ts";
import type { Pass } from "./pass.ts";
import type { Timestamps } from "./timestamps.ts";

/** A run that was handed to the GPU. */
interface SubmittedRun {
  /**
   * Is told that the run has ended, as soon as the host knows.
   *
   * @param mark as its last part left it
   * @returns the error if the GPU did not do all of it
   */
  end(mark: number): GpuError | null;
  /** Learns the pace of the device from the run, and its time on the GPU if that is known. */
  learn(gpuSeconds: number | null): void;
}

/**
 * Runs passes in parts of a fraction of a second each, as drivers end what lasts longer, and some drop it without a
 * word: each part ends by a kernel that counts it, in `mark`, which the host compares.
 */
export interface RunQueue {
  /** Work of one submission. */
  readonly submission: number;
  /** Most work of one launch, if several can do the same. */
  readonly launch: number;
  /** [1] u32: grows by one with each part that is done. */
  readonly mark: GPUBuffer;
  /**
   * Submits the parts of a pass one after another and waits for none.
   *
   * @param timestamps of the beginning of the first part and the end of the last one
   * @param last encodes what follows the last launch
   */
  submit(pass: Pass, timestamps: Timestamps | null, last: (encoder: GPUCommandEncoder) => void): SubmittedRun;
}

/** Makes the queue of a device. */
export async function createRunQueue(gpu: Gpu, pipelines: PipelineCache): Promise<RunQueue> {
  const { device } = gpu;
  const counter = await createPartCounter(gpu, pipelines);
  const pace = createPace();
  const now = startStopwatch();
  const known = new WeakSet<Pass>();
  let runs = 0;
  let lastEnd = 0;
  return {
    get submission() {
      return pace.submission;
    },
    get launch() {
      return pace.launch;
    },
    mark: counter.mark,
    submit(pass, timestamps, last) {
      const before = counter.start(++runs);
      const began = now();
      const ends = cutPass(pass.work, pace.submission);
      ends.forEach((end, part) => {
        const [isFirst, isLast] = [part === 0, part === ends.length - 1];
        const encoder = device.createCommandEncoder({ label: "run" });
        const timestampWrites = timestamps?.writes(0, { begins: isFirst, ends: isLast });
        const compute = encoder.beginComputePass({ label: "run", timestampWrites });
        pass.encode(compute, isFirst ? 0 : ends[part - 1], end);
        counter.encode(compute, end === 0 ? null : pass.written(end - 1));
        compute.end();
        if (isLast) last(encoder);
        device.queue.submit([encoder.finish()]);
      });
      let seconds = 0;
      return {
        end(mark) {
          const done = (mark - before) >>> 0;
          if (done !== ends.length) return gpu.fail(droppedText(done, ends.length));
          // The GPU takes one run after another.
          seconds = now() - Math.max(began, lastEnd);
          lastEnd = now();
          return null;
        },
        learn(gpuSeconds) {
          // The first run of a pass may have waited for the driver to compile.
          const least = known.has(pass) ? seconds : gpuSeconds ?? 0;
          known.add(pass);
          pace.learn(pass.work.reduce((sum, work) => sum + work, 0), least, seconds);
        },
      };
    },
  };
}

function droppedText(done: number, parts: number): string {
  const got = done < parts ? done : 0;
  return `Cannot use the results of the GPU as it must do each part of a run: got ${got} of ${parts}. Drivers drop ` +
    "work that lasts too long. Open the model again, or use --device cpu";
}
