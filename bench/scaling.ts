/**
 * `deno run -A bench/scaling.ts [example|long] [--device NAME]`: seconds and bytes of forward and reverse, and the
 * exponents of power laws fitted to them: of the example's sizes, one varied at a time, and of a question about a
 * pasted document of up to 4,096 tokens; both if neither is named. Costs that do not depend on the size bend an
 * exponent towards 0; the pairs of attention bend those of lengths towards 2.
 */
import { takeDevice } from "./device.ts";
import { measureExample } from "./scaling/example_sweeps.ts";
import { measureLongPrompts } from "./scaling/long_prompts.ts";

const PARTS = { example: measureExample, long: measureLongPrompts } as const;

const { device, rest: [part] } = takeDevice(Deno.args);
if (part !== undefined && !Object.hasOwn(PARTS, part)) {
  throw new RangeError(`Cannot measure ${part} as it must be one of ${Object.keys(PARTS).join(", ")}`);
}
for (const [name, measure] of Object.entries(PARTS)) if (part === undefined || part === name) await measure(device);
