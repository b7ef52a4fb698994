import type { InferenceSession, Tensor } from "npm:onnxruntime-node@1.30";
import { encodeModel } from "../onnx/encode_model.ts";
import type { ElementType, OnnxModel } from "../onnx/onnx_model.ts";

/** A tensor that ONNX Runtime reads or writes in place. */
export type RuntimeTensor = Tensor;

/** Elements of a tensor. */
type TensorData = Float32Array | Int32Array | BigInt64Array | Uint16Array | Uint8Array;

/** A model made ready to run. */
export interface RuntimeSession {
  /** Computes the outputs into the tensors given for them. */
  run(feeds: Readonly<Record<string, RuntimeTensor>>, into: Readonly<Record<string, RuntimeTensor>>): Promise<void>;
  release(): Promise<void>;
}

/** ONNX Runtime on the CPU. */
export interface OnnxRuntime {
  tensor(type: ElementType, data: TensorData, shape: readonly number[]): RuntimeTensor;
  session(model: OnnxModel): Promise<RuntimeSession>;
}

/** An error because ONNX Runtime has no library for this platform. */
export class NoRuntimeError extends Error {
  /** "NoRuntimeError" */
  override readonly name = "NoRuntimeError";
}

// A thread that spins while it waits takes time from the other of its core, and from other processes; one that sleeps
// at once takes longer to wake than a small operator lasts. None spins between runs.
const SPIN_MICROSECONDS = "100";

/** Names of types of elements. */
const TYPE_NAMES = { f32: "float32", u8: "uint8", u16: "uint16", i32: "int32", i64: "int64", bool: "bool" } as const;

/**
 * Loads ONNX Runtime.
 *
 * @param threads that share the work of an operator
 * @throws {NoRuntimeError} if the package has no library for this platform
 */
export async function openOnnxRuntime(threads: number): Promise<OnnxRuntime> {
  const { InferenceSession, Tensor } = await load();
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Shapes differ from run to run.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { spin_duration_us: SPIN_MICROSECONDS }, force_spinning_stop: "1" } },
  };
  return {
    tensor: (type, data, shape) => new Tensor(TYPE_NAMES[type] as "float32", data as Float32Array, shape),
    async session(model) {
      const session = await InferenceSession.create(encodeModel(model), options);
      return {
        async run(feeds, into) {
          await session.run(feeds, into);
        },
        release: () => session.release(),
      };
    },
  };
}

/**
 * The version of ONNX Runtime.
 *
 * @throws {NoRuntimeError} if the package has no library for this platform
 */
export async function onnxRuntimeVersion(): Promise<string> {
  const { env } = await load();
  return env.versions.node ?? env.versions.common;
}

async function load() {
  try {
    return (await import("npm:onnxruntime-node@1.30")).default;
  } catch (error) {
    const { os, arch } = Deno.build;
    const cause = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new NoRuntimeError(
      `Cannot use the device cpu as ONNX Runtime must load: got an error on ${os} ${arch} (${cause})`,
      { cause: error },
    );
  }
}
