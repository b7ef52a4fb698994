import assert from "node:assert/strict";
import { watchDevice } from "../../src/gpu/device_watch.ts";
import { GpuError } from "../../src/gpu/gpu_error.ts";

/** A device that settles nothing by itself. */
function fakeDevice() {
  const target = new EventTarget();
  const { promise: lost, resolve } = Promise.withResolvers<GPUDeviceLostInfo>();
  return {
    device: { lost, addEventListener: target.addEventListener.bind(target) } as unknown as GPUDevice,
    lose: (message: string) => resolve({ reason: "unknown", message } as unknown as GPUDeviceLostInfo),
    report(message: string) {
      const event = Object.assign(new Event("uncapturederror", { cancelable: true }), { error: { message } });
      target.dispatchEvent(event);
      return event;
    },
  };
}

/** Asserts that a lost device is what an error tells of, and what to do. */
function isLoss(error: Error): boolean {
  assert.ok(error instanceof GpuError);
  assert.match(error.message, /^Cannot use the GPU as its device must stay open: it was lost \(gone\)\. .*Open the/);
  return true;
}

const never = () => new Promise<void>(() => {});

Deno.test("settle() gives what a promise gives, and what it throws", async () => {
  const { settle } = watchDevice(fakeDevice().device);
  assert.equal(await settle(Promise.resolve(3)), 3);
  await assert.rejects(settle(Promise.reject(new RangeError("no"))), new RangeError("no"));
});

Deno.test("settle() ends with a GpuError when the device is lost, though the promise never settles", async () => {
  const { device, lose } = fakeDevice();
  const { settle, check } = watchDevice(device);
  const waiting = [settle(never()), settle(never())];
  check();
  lose("gone");
  for (const one of waiting) await assert.rejects(one, isLoss);
});

Deno.test("settle() and check() fail after the device was lost", async () => {
  const { device, lose } = fakeDevice();
  const { settle, check } = watchDevice(device);
  lose("gone");
  await device.lost;
  assert.throws(check, isLoss);
  await assert.rejects(settle(never()), isLoss);
  await assert.rejects(settle(Promise.reject(new Error("later"))), isLoss);
});

Deno.test("settle() tells of the loss if that is the reason why a promise fails, though it is told of it later", async () => {
  const { device, lose } = fakeDevice();
  const { settle } = watchDevice(device);
  const refused = settle(Promise.reject(new DOMException("validation error occurred", "OperationError")));
  setTimeout(() => lose("gone"), 1);
  await assert.rejects(refused, isLoss);
});

Deno.test("settle() makes a GpuError of a refusal of a device that stays", async () => {
  const { settle } = watchDevice(fakeDevice().device);
  const refused = settle(Promise.reject(new DOMException("too much", "OperationError")));
  await assert.rejects(refused, new GpuError("The GPU refuses: too much"));
});

Deno.test("check() throws the first error that the device reports by itself, until it is lost", async () => {
  const { device, lose, report } = fakeDevice();
  const { check } = watchDevice(device);
  assert.ok(report("first").defaultPrevented);
  report("second");
  assert.throws(check, new GpuError("first"));
  lose("gone");
  await device.lost;
  assert.throws(check, isLoss);
});

Deno.test("fail() makes every later check fail", () => {
  const { check, fail } = watchDevice(fakeDevice().device);
  assert.deepEqual(fail("dropped"), new GpuError("dropped"));
  fail("again");
  assert.throws(check, new GpuError("dropped"));
});

Deno.test("a device that was closed on purpose is not called lost", async () => {
  const { device, lose } = fakeDevice();
  const { settle, check, close } = watchDevice(device);
  const waiting = settle(never());
  close();
  lose("destroyed");
  const closed = new GpuError("Cannot use the GPU as its device must stay open: it was closed");
  await assert.rejects(waiting, closed);
  assert.throws(check, closed);
});
