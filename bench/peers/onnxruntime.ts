import type { Contender, Task } from "./contender.ts";
import { onnxModel, type OnnxProduct } from "./onnx_model.ts";

// Not a literal, so that neither the type check nor the lock file needs the package.
const PACKAGE: string = "npm:onnxruntime-web@1.30.0/webgpu";

/** The part of onnxruntime-web that is used. */
interface Ort {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: number[]) => unknown;
  readonly InferenceSession: { create(model: Uint8Array, options: Record<string, unknown>): Promise<Session> };
  readonly env: { readonly webgpu: { readonly device: Promise<GPUDevice> } };
}
interface Session {
  run(feeds: Record<string, unknown>): Promise<{ readonly y: Output }>;
  release(): Promise<void>;
}
interface Output {
  getData(release?: boolean): Promise<Float32Array>;
  dispose(): void;
}

/** onnxruntime-web's WebGPU backend; it has no transposed product of 4-bit weights, so there its weights are f32. */
export async function onnxRuntime(task: Task): Promise<Contender> {
  const ort: Ort = await import(PACKAGE);
  const session = await ort.InferenceSession.create(onnxModel(task.transposed ? dense(task) : bnb4(task)), {
    executionProviders: ["webgpu"],
    preferredOutputLocation: "gpu-buffer",
    logSeverityLevel: 3,
  });
  const x = new ort.Tensor("float32", task.input, [task.rows, task.input.length / task.rows]);
  return {
    name: `onnxruntime-web 1.30.0, ${task.transposed ? "MatMul f32" : "MatMulBnb4 NF4"}`,
    result: async () => await (await session.run({ x })).y.getData(true),
    async repeat(times) {
      const device = await ort.env.webgpu.device;
      for (let i = 0; i < times; i++) (await session.run({ x })).y.dispose();
      await device.queue.onSubmittedWorkDone();
    },
    dispose: () => session.release(),
  };
}

function bnb4({ rows, inner, outputs, codes, absmax }: Task): OnnxProduct {
  return {
    op: "MatMulBnb4",
    contrib: true,
    // quant_type 1 is NF4.
    attributes: { K: inner, N: outputs, block_size: 64, quant_type: 1 },
    constants: [
      { name: "w", shape: [codes.length], dtype: "u8", data: codes },
      { name: "absmax", shape: [absmax.length], dtype: "f32", data: absmax },
    ],
    rows,
    inner,
    outputs,
  };
}

function dense({ rows, inner, outputs, values }: Task): OnnxProduct {
  return {
    op: "MatMul",
    contrib: false,
    attributes: {},
    constants: [{ name: "w", shape: [outputs, inner], dtype: "f32", data: values }],
    rows,
    inner: outputs,
    outputs: inner,
  };
}
