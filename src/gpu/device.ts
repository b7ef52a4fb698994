// Types for a consumer whose library of types has no WebGPU; where there is one, both say the same.
/// <reference types="npm:@webgpu/types@0.1" />
import { type DeviceWatch, watchDevice } from "./device_watch.ts";
import { driverText } from "./driver.ts";
import { GpuError } from "./gpu_error.ts";
import { type SubgroupTrial, trySubgroups } from "./subgroups.ts";
import { startTickClock } from "./tick_clock.ts";
import { timestampReader } from "./timestamps.ts";

/** This machine's adapter, as far as kernels and plans depend on it. */
export interface Gpu extends Pick<DeviceWatch, "check" | "settle" | "fail"> {
  readonly device: GPUDevice;
  /** The adapter's own description, for the record. */
  readonly adapter: string;
  /** All that is known of its driver, for keys. */
  readonly driver: string;
  readonly software: boolean;
  readonly limits: GPUSupportedLimits;
  readonly features: { readonly subgroups: boolean; readonly timestamps: boolean };
  /** Null if the adapter refuses subgroups. */
  readonly subgroupTrial: SubgroupTrial | null;
  /**
   * Returns the unit of its timestamps, measured once.
   *
   * @throws {RangeError} if it has none
   */
  nanosecondsPerTick(): Promise<number>;
  close(): void;
}

/** No adapter answers; `whence doctor` names the packages to install. */
export class NoAdapterError extends Error {
  /** "NoAdapterError" */
  override name = "NoAdapterError";
}

/** Limits to keep to that are below the adapter's own. */
export type LowerLimits = Partial<Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">>;

/**
 * Opens the high-performance adapter with all of its own limits, or lower ones.
 *
 * @throws {NoAdapterError} if none answers
 * @throws {GpuError} if its device cannot be had, or is lost before it was tried
 */
export async function openGpu(lower: LowerLimits = {}): Promise<Gpu> {
  const adapter = await requestAdapter();
  if (adapter === null) {
    throw new NoAdapterError(
      "Cannot open a WebGPU adapter: none answers. " +
        "Install a Vulkan driver (Debian: mesa-vulkan-drivers) or use --device cpu",
    );
  }
  const timestamps = adapter.features.has("timestamp-query");
  const { device, subgroups } = await requestDevice(adapter, timestamps);
  const watch = watchDevice(device);
  const close = () => {
    watch.close();
    device.destroy();
  };
  try {
    const { driver, trial, clock } = await tryDevice(watch, device, adapter, { subgroups, timestamps });
    return {
      device,
      adapter: nameOf(adapter),
      driver,
      software: isSoftware(adapter),
      limits: lowered(device.limits, lower),
      features: { subgroups: trial?.faults.length === 0, timestamps },
      subgroupTrial: trial,
      async nanosecondsPerTick() {
        if (clock === null) throw new RangeError("Cannot time as the adapter must have timestamps: it has none");
        return await clock.nanoseconds();
      },
      check: watch.check,
      settle: watch.settle,
      fail: watch.fail,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Learns what kernels and plans depend on. */
async function tryDevice(
  watch: DeviceWatch,
  device: GPUDevice,
  adapter: GPUAdapter,
  has: { readonly subgroups: boolean; readonly timestamps: boolean },
) {
  const [driver, trial, clock] = await watch.settle(Promise.all([
    driverText(adapter.info),
    has.subgroups ? trySubgroups(device, smallestSubgroup(adapter)) : null,
    has.timestamps ? startTickClock(timestampReader({ device, settle: watch.settle })) : null,
  ]));
  watch.check();
  return { driver, trial, clock };
}

function nameOf({ info }: GPUAdapter): string {
  return info.description || info.device || info.vendor || "unknown adapter";
}

/** The kind of the adapter that answers: a processor of graphics, or software in its place. */
export async function adapterKind(): Promise<"hardware" | "software" | "none"> {
  const adapter = await requestAdapter();
  return adapter === null ? "none" : isSoftware(adapter) ? "software" : "hardware";
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  const request = () => navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  // Without the first, wgpu probes every backend, which takes ten times as long; without the second, Mesa complains on
  // stderr that it finds no Wayland socket. Both are read before the request returns.
  const defaults = { DENO_WEBGPU_BACKEND: "vulkan", XDG_RUNTIME_DIR: "/tmp" };
  return await (Deno.build.os === "linux" ? withDefaults(defaults, request) : request()) ?? null;
}

function isSoftware({ info }: GPUAdapter): boolean {
  return /llvmpipe|lavapipe|swiftshader|softpipe|basic render/i.test(`${info.description} ${info.device}`);
}

/** A plain copy: the adapter's own object reads its values from inside. */
function lowered(limits: GPUSupportedLimits, lower: LowerLimits): GPUSupportedLimits {
  const copy: Record<string, number> = {};
  for (const name in limits) {
    copy[name] = Math.min(limits[name as keyof LowerLimits], lower[name as keyof LowerLimits] ?? Infinity);
  }
  return copy as unknown as GPUSupportedLimits;
}

/** Starts something while variables of the environment have values where they have none; others never see them. */
function withDefaults<T>(defaults: Readonly<Record<string, string>>, start: () => T): T {
  const missing = Object.keys(defaults).filter((name) => Deno.env.get(name) === undefined);
  for (const name of missing) Deno.env.set(name, defaults[name]);
  try {
    return start();
  } finally {
    for (const name of missing) Deno.env.delete(name);
  }
}

function smallestSubgroup(adapter: GPUAdapter): number {
  return (adapter.info as { readonly subgroupMinSize?: number }).subgroupMinSize ?? 0;
}

// Subgroups work in Deno although the adapter does not list them, so they are asked for and the refusal is caught.
async function requestDevice(adapter: GPUAdapter, timestamps: boolean) {
  const limits = adapter.limits;
  const requiredLimits: Record<string, number> = {};
  for (
    const name of [
      "maxBufferSize",
      "maxStorageBufferBindingSize",
      "maxComputeWorkgroupStorageSize",
      "maxComputeInvocationsPerWorkgroup",
      "maxComputeWorkgroupSizeX",
      "maxComputeWorkgroupsPerDimension",
      "maxStorageBuffersPerShaderStage",
    ] as const
  ) requiredLimits[name] = limits[name];
  const requiredFeatures: GPUFeatureName[] = timestamps ? ["timestamp-query"] : [];
  const subgroups = "subgroups" as GPUFeatureName;
  try {
    const device = await adapter.requestDevice({ requiredLimits, requiredFeatures: [...requiredFeatures, subgroups] });
    return { device, subgroups: true };
  } catch {
    const device = await adapter.requestDevice({ requiredLimits, requiredFeatures }).catch((error: Error) => {
      throw new GpuError(`Cannot open ${nameOf(adapter)} as it must give a device: ${error.message}`);
    });
    return { device, subgroups: false };
  }
}

/**
 * Runs `create` inside error scopes.
 *
 * @throws {GpuError} if WebGPU reports a validation, memory or internal error, with `label`, or the device is lost
 */
export async function checked<T>(gpu: Gpu, label: string, create: () => T): Promise<T> {
  gpu.check();
  const filters = ["validation", "out-of-memory", "internal"] as const;
  for (const filter of filters) gpu.device.pushErrorScope(filter);
  let result: T;
  let popped: Promise<GPUError | null>[];
  try {
    result = create();
  } finally {
    popped = filters.map(async () => await gpu.device.popErrorScope());
    // Nobody awaits them if `create` throws.
    for (const one of popped) one.catch(() => {});
  }
  const errors = (await gpu.settle(Promise.all(popped))).filter((error) => error !== null);
  if (errors.length > 0) throw new GpuError(`${label}: ${errors[0].message}`);
  return result;
}
