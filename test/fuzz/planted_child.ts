// A process whose cases have faults of every kind, for guard_test.ts.
import { bytesOf, Finding, type FuzzArea, textOf } from "./area.ts";
import { runCases } from "./run_cases.ts";

/** Kept, so that it is not collected. */
const held: Uint8Array[] = [];

const FAULTS: readonly (() => unknown)[] = [
  () => {},
  () => {
    throw new SyntaxError("Cannot read plan.txt as it must be sound: got a fault");
  },
  () => {
    throw new TypeError("Cannot read properties of undefined (reading 'length')");
  },
  () => {
    throw new SyntaxError("Cannot read it as it must be sound: got a fault");
  },
  () => {
    throw new SyntaxError(`Cannot read plan.txt as it must be short: got ${"x".repeat(6000)}`);
  },
  () => {
    throw new Finding("took a lie");
  },
  () => {
    while (true);
  },
  () => new Promise((resolve) => setTimeout(resolve, 1e9)),
  () => void held.push(new Uint8Array(100 * 2 ** 20).fill(1)),
  () => Deno.kill(Deno.pid, "SIGABRT"),
  () => {
    throw new SyntaxError("Cannot read plan.txt as it must be sound: got undefined");
  },
  () => {},
];

const PLANTED: FuzzArea = {
  originals: [{ "plan.txt": bytesOf("0") }],
  subjects: ["plan.txt"],
  make: () => ({ files: { "plan.txt": bytesOf(String(next++)) }, sound: false }),
  feed: async (_directory, { files }) => void await FAULTS[Number(textOf(files["plan.txt"]))](),
};

let next = Number(Deno.args[2]);
await runCases(PLANTED, Deno.args);
