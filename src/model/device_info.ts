/** The device of a model. */
export interface DeviceInfo {
  /** WebGPU kernels, or the f64 reference. */
  readonly backend: "webgpu" | "cpu" | "reference";
  /** The adapter's own description. */
  readonly adapter: string;
  /** The kernels in use: "default", or a hash of the choices of `doctor --tune`; null for the reference. */
  readonly tuning: string | null;
}
