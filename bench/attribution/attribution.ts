/**
 * `deno run -A bench/attribution/attribution.ts NAME [ROUNDS] [--device NAME]`: one whole attribution of the example in
 * a process of its own, so that the most memory that it held is its own too. Compilation of the kernels is part of the
 * first round.
 */
import { attribute } from "../../src/explain/attribute.ts";
import { takeDevice } from "../device.ts";
import { emit } from "../figure.ts";
import { median } from "../../src/gpu/gpu_time.ts";
import { maxRss } from "../max_rss.ts";
import { EXAMPLE, openSubject, subject } from "../model/subject.ts";
import { type AttributionName, ATTRIBUTIONS, type Method } from "./methods.ts";

const { device, rest: [name, rounds = "1"] } = takeDevice(Deno.args);
if (!(name in ATTRIBUTIONS)) {
  throw new RangeError(`Cannot time ${name} as it must be one of ${Object.keys(ATTRIBUTIONS).join(", ")}`);
}
const method: Method = ATTRIBUTIONS[name as AttributionName];
const chosen = subject(device);
const { model } = await openSubject(chosen);
const records = [];
for (let round = 0; round < Number(rounds); round++) {
  const record = await attribute(model, EXAMPLE, method.options);
  if (chosen.golden !== null) method.check(record, chosen.golden);
  records.push(record);
}
const seconds = median(records.map(({ cost }) => cost.seconds));
const { pathPoints, peakBytes, gpuSeconds } = records[records.length - 1].cost;
const what = `${chosen.name}: ${method.what}`;
const points = pathPoints > 0 ? [`${pathPoints} path points`, `${(pathPoints / seconds).toFixed(1)} a second`] : [];
const note = [gpuSeconds === null ? "wall clock" : `${gpuSeconds.toFixed(2)} s on the GPU`, ...points].join(", ");
emit({ what, value: seconds, unit: "s", note });
emit({
  what: `${what}, most memory of the process`,
  value: maxRss() / 2 ** 20,
  unit: "MiB",
  note: `${(peakBytes / 2 ** 20).toFixed(0)} MiB of it in buffers`,
});
model.close();
