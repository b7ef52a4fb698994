/** The device of a model. */
export interface DeviceInfo {
  /** WebGPU kernels, ONNX Runtime on the CPU, or the f64 reference. */
  readonly backend: "webgpu" | "cpu" | "reference";
  /** The adapter's own description. */
  readonly adapter: string;
  /** The kernels in use: "default", or a hash of the choices of `doctor --tune`; null without WebGPU. */
  readonly tuning: string | null;
}
