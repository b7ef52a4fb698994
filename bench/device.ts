import { type Device, DEVICES } from "../src/model/load/load_options.ts";

/** A device to measure, by its own name: `auto` would hide which one it is. */
export type MeasuredDevice = Exclude<Device, "auto">;

/** The device that is measured if none is named. */
export const USUAL_DEVICE = "webgpu" satisfies MeasuredDevice;

/** Arguments of a bench, its device taken out. */
interface DeviceArguments {
  readonly device: MeasuredDevice;
  readonly rest: readonly string[];
}

const FLAG = "--device";

/**
 * Takes `--device NAME` out of a bench's arguments; by default WebGPU is measured.
 *
 * @throws {RangeError} if there is no such device
 */
export function takeDevice(args: readonly string[]): DeviceArguments {
  const at = args.indexOf(FLAG);
  if (at < 0) return { device: USUAL_DEVICE, rest: args };
  return { device: measuredDevice(args[at + 1]), rest: args.toSpliced(at, 2) };
}

/** @throws {RangeError} if there is no such device */
export function measuredDevice(name: string | undefined): MeasuredDevice {
  const known = DEVICES.filter((device) => device !== "auto");
  const found = known.find((device) => device === name);
  if (found === undefined) {
    throw new RangeError(`Cannot measure ${FLAG} ${name ?? ""} as it must be one of ${known.join(", ")}`);
  }
  return found;
}

/** Writes a device as arguments of a bench. */
export function deviceArguments(device: MeasuredDevice): string[] {
  return [FLAG, device];
}
