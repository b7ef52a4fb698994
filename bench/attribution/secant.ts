/**
 * `deno run -A bench/attribution/secant.ts [ROUNDS] [--device NAME]`: the secant's attribution of the example in turn
 * with those of Gauss–Legendre 50, with each target token's error and without, and how far their sums are off.
 */
import { attribute } from "../../src/explain/attribute.ts";
import { median } from "../../src/gpu/gpu_time.ts";
import { takeDevice } from "../device.ts";
import { emit } from "../figure.ts";
import { EXAMPLE, openSubject, subject } from "../model/subject.ts";
import { type AttributionName, ATTRIBUTIONS } from "./methods.ts";

/** The others, each between two of the secant's, so that all see the same machine. */
const OTHERS = ["gauss-legendre-50", "gauss-legendre-50-sum"] as const satisfies readonly AttributionName[];

const { device, rest: [rounds = "3"] } = takeDevice(Deno.args);
const chosen = subject(device);
const { model } = await openSubject(chosen);
const seconds: Record<string, number[]> = { secant: [] };
const errors: Record<string, number> = {};

async function time(name: "secant" | typeof OTHERS[number]): Promise<void> {
  const { options, check } = ATTRIBUTIONS[name];
  const record = await attribute(model, EXAMPLE, options);
  if (chosen.golden !== null) check(record, chosen.golden);
  (seconds[name] ??= []).push(record.cost.seconds);
  errors[name] = record.completeness.sequence.relative!;
}

// Its kernels are made, and its memory taken.
await time("secant");
seconds.secant = [];
for (let round = 0; round < Number(rounds); round++) {
  await time("secant");
  for (const name of OTHERS) {
    await time(name);
    await time("secant");
  }
}
const own = median(seconds.secant);
for (const name of ["secant", ...OTHERS] as const) {
  const value = median(seconds[name]);
  const off = `off by ${(100 * errors[name]).toPrecision(2)} % of the change`;
  const note = name === "secant" ? off : `${off}; ${(value / own).toFixed(1)} times the secant's time`;
  emit({ what: `${chosen.name}: ${ATTRIBUTIONS[name].what}`, value, unit: "s", note });
}
model.close();
