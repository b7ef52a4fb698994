/** A WebGPU validation, memory or device error, which WebGPU itself does not raise. */
export class GpuError extends Error {
  /** "GpuError" */
  override name = "GpuError";
}
