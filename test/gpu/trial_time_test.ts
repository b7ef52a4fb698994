import assert from "node:assert/strict";
import { timeTrial } from "../../src/gpu/trial_time.ts";

/** Clocks of a device whose runs take so many seconds, and what it was asked to run. */
function device({ seconds, stamped = seconds, timestamps = true, late = 0.01, slow = 1 }: {
  readonly seconds: number;
  /** Seconds of a run that timestamps say. */
  readonly stamped?: number;
  readonly timestamps?: boolean;
  /** Seconds after the end in which the host learns of it. */
  readonly late?: number;
  /** Factor of the first run's time. */
  readonly slow?: number;
}) {
  let wall = 5;
  const asked: number[] = [];
  return {
    asked,
    clocks: {
      timestamps,
      now: () => wall,
      run(repeats: number) {
        const factor = asked.length === 0 ? slow : 1;
        asked.push(repeats);
        wall += factor * seconds * repeats + late;
        return Promise.resolve(timestamps ? factor * stamped : factor * seconds + late / repeats);
      },
    },
  };
}

/** The time of a trial, and the runs that it took. */
async function trial(kind: Parameters<typeof device>[0], hopeless = Infinity) {
  const { clocks, asked } = device(kind);
  return { seconds: await timeTrial(clocks, hopeless), asked };
}

Deno.test("timeTrial() goes by timestamps over 10 ms of runs where the wall clock agrees", async () => {
  assert.deepEqual(await trial({ seconds: 0.001 }), { seconds: 0.001, asked: [1, 10] });
  assert.deepEqual(await trial({ seconds: 0.25 }), { seconds: 0.25, asked: [1, 1] });
  assert.equal((await trial({ seconds: 1e-9 })).asked[1], 1000);
});

Deno.test("timeTrial() goes by the wall clock over 100 ms where timestamps lie or are missing", async () => {
  for (
    const kind of [
      { seconds: 0.004, timestamps: false },
      // Longer than the wall clock allows, ticks of 10 ns taken for 1, a clock that stands still.
      { seconds: 0.004, stamped: 0.05 },
      { seconds: 0.004, stamped: 0.0004 },
      { seconds: 0.004, stamped: 0 },
    ]
  ) {
    const { seconds } = await trial(kind);
    assert.ok(seconds >= 0.004 && seconds < 0.0045, `${JSON.stringify(kind)}: ${seconds} s`);
  }
});

Deno.test("timeTrial() ends after two runs that are hopeless", async () => {
  assert.deepEqual(await trial({ seconds: 0.5 }, 0.3), { seconds: 0.5, asked: [1, 1] });
  assert.deepEqual((await trial({ seconds: 0.5, timestamps: false }, 0.3)).asked, [1, 1]);
  assert.equal((await trial({ seconds: 0.2 }, 0.3)).asked.length, 2);
});

Deno.test("timeTrial() goes on after one slow run among fast ones", async () => {
  assert.deepEqual(await trial({ seconds: 0.001, slow: 500 }, 0.003), { seconds: 0.001, asked: [1, 1, 10] });
});
