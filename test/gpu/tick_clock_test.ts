import assert from "node:assert/strict";
import { openGpu } from "../../src/gpu/device.ts";
import { startTickClock } from "../../src/gpu/tick_clock.ts";

/**
 * A device whose ticks take so many nanoseconds, on a wall clock of its own: it takes a stamp after `delay` seconds,
 * and the host has it after `latency` more.
 */
function pretend(nanoseconds: number, delay: number, latency: number) {
  let now = 100;
  let reads = 0;
  return {
    reads: () => reads,
    pass: (seconds: number) => now += seconds,
    read() {
      reads++;
      now += delay;
      const ticks = BigInt(Math.round((now + 7000) * 1e9 / nanoseconds));
      now += latency;
      return Promise.resolve(ticks);
    },
    wall: {
      now: () => now,
      pause(seconds: number) {
        now += seconds;
        return Promise.resolve();
      },
    },
  };
}

Deno.test("startTickClock() finds ticks of 1 ns to be exactly that, however late stamps are", async () => {
  for (const [delay, latency] of [[0, 0.01], [0.001, 0.012], [0.3, 0.01], [0, 2]]) {
    const device = pretend(1, delay, latency);
    const clock = await startTickClock(device.read, device.wall);
    device.pass(0.4);
    assert.equal(await clock.nanoseconds(), 1, `${delay} s, ${latency} s`);
  }
});

Deno.test("startTickClock() finds other ticks within 2 %", async () => {
  for (const nanoseconds of [10, 26, 52.083, 83.333, 0.5]) {
    const device = pretend(nanoseconds, 0.0005, 0.011);
    const clock = await startTickClock(device.read, device.wall);
    const measured = await clock.nanoseconds();
    assert.ok(Math.abs(measured / nanoseconds - 1) < 0.02, `${measured} ns in place of ${nanoseconds}`);
  }
});

Deno.test("startTickClock() measures once, by stamps far enough apart", async () => {
  const soon = pretend(10, 0, 0.01);
  const clock = await startTickClock(soon.read, soon.wall);
  await Promise.all([clock.nanoseconds(), clock.nanoseconds()]);
  assert.ok(soon.reads() > 2, `${soon.reads()} stamps`);
  const before = soon.reads();
  await clock.nanoseconds();
  assert.equal(soon.reads(), before);
  const late = pretend(10, 0, 0.01);
  const other = await startTickClock(late.read, late.wall);
  late.pass(1);
  await other.nanoseconds();
  assert.equal(late.reads(), 2);
});

Deno.test("startTickClock() takes timestamps that stand still for nanoseconds", async () => {
  const { wall } = pretend(1, 0, 0.01);
  const clock = await startTickClock(() => Promise.resolve(5n), wall);
  assert.equal(await clock.nanoseconds(), 1);
});

Deno.test("the ticks of an adapter in software are nanoseconds", async () => {
  const gpu = await openGpu();
  try {
    if (!gpu.features.timestamps) return await assert.rejects(gpu.nanosecondsPerTick(), RangeError);
    const nanoseconds = await gpu.nanosecondsPerTick();
    assert.ok(gpu.software ? nanoseconds === 1 : nanoseconds > 0.1 && nanoseconds < 1000, `${nanoseconds} ns`);
  } finally {
    gpu.close();
  }
});
