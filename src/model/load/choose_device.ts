import { adapterKind } from "../../gpu/device.ts";
import { NoRuntimeError, onnxRuntimeVersion } from "../../graph/onnx_runtime.ts";
import type { Device } from "./load_options.ts";

/** The device that `auto` stands for here, and the reason. */
interface ChosenDevice {
  readonly device: Exclude<Device, "auto">;
  /** A clause. */
  readonly reason: string;
  /** True if it stands in for a GPU and for the CPU, and is slow. */
  readonly slow: boolean;
}

/**
 * Chooses a device: a GPU if one answers, else the CPU, whose own arithmetic is faster than a software adapter's; where
 * ONNX Runtime has no library, what WebGPU there is, else the f64 reference.
 */
export async function chooseDevice(): Promise<ChosenDevice> {
  const kind = await adapterKind();
  if (kind === "hardware") return { device: "webgpu", reason: "a GPU answers", slow: false };
  const without = kind === "none" ? "no WebGPU adapter answers" : "the WebGPU adapter is software";
  try {
    await onnxRuntimeVersion();
    return { device: "cpu", reason: without, slow: false };
  } catch (error) {
    if (!(error instanceof NoRuntimeError)) throw error;
    const device = kind === "none" ? "reference" : "webgpu";
    return { device, reason: `${without}, and ONNX Runtime has no library for this platform`, slow: true };
  }
}
