import { GpuError } from "./gpu_error.ts";

/** Hears what a device reports outside of any call: errors, which by themselves stay silent, and its loss. */
export interface DeviceWatch {
  /** @throws {GpuError} if the device was lost or closed, or has reported an error outside any error scope */
  check(): void;
  /**
   * Waits for a promise of the device, which may never settle once the device is lost.
   *
   * @throws {GpuError} if the device was lost or closed, or refuses
   */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Makes this and every later check fail, and returns the error. */
  fail(message: string): GpuError;
  /** Says that the end of the device is meant. */
  close(): void;
}

/** Milliseconds in which a lost device that has refused a call says that it is lost. */
const GRACE = 20;

/** Starts to watch a device; those who wait for it are told when it is lost. */
export function watchDevice(device: Pick<GPUDevice, "lost" | "addEventListener">): DeviceWatch {
  const waiting = new Set<(error: GpuError) => void>();
  let loss: string | null = null;
  let failure: string | null = null;
  let closed = false;
  const end = (message: string) => {
    loss = message;
    for (const reject of waiting) reject(new GpuError(message));
    waiting.clear();
  };
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    failure ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  device.lost.then((info) => end(closed ? CLOSED : lossOf(info)));
  return {
    check() {
      const message = loss ?? failure;
      if (message !== null) throw new GpuError(message);
    },
    settle: (promise) =>
      new Promise((resolve, reject) => {
        if (loss === null) waiting.add(reject);
        else reject(new GpuError(loss));
        promise.then(resolve, async (error) => {
          if (loss === null) await new Promise((resume) => setTimeout(resume, GRACE));
          reject(error instanceof DOMException ? new GpuError(`The GPU refuses: ${error.message}`) : error);
        }).finally(() => waiting.delete(reject));
      }),
    fail(message) {
      failure ??= message;
      return new GpuError(message);
    },
    close() {
      closed = true;
    },
  };
}

const CLOSED = "Cannot use the GPU as its device must stay open: it was closed";

function lossOf({ message, reason }: GPUDeviceLostInfo): string {
  return `Cannot use the GPU as its device must stay open: it was lost (${message || reason}). Drivers take it away ` +
    "from work that lasts too long, and when it sleeps, is updated or unplugged. Open the model again, or use " +
    "--device cpu";
}
