/**
 * `deno bench -A bench/attribution [-- --device NAME]`: wall-clock times of whole attributions of the example by the
 * embedded model.
 */
import { attribute } from "../../src/explain/attribute.ts";
import { loadModel } from "../../src/model/model.ts";
import { takeDevice } from "../device.ts";
import { EXAMPLE } from "../model/subject.ts";
import { ATTRIBUTIONS } from "./methods.ts";

const model = await loadModel(undefined, { device: takeDevice(Deno.args).device });

for (const { what, options } of Object.values(ATTRIBUTIONS)) {
  Deno.bench(what, { n: 3, warmup: 1, group: "embedded model" }, async () => {
    await attribute(model, EXAMPLE, options);
  });
}
