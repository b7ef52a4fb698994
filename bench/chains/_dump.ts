import { attribute } from "../../src/explain/attribute.ts";
import { loadModel } from "../../src/model/model.ts";
import { CHAIN_METHODS } from "./chain_methods.ts";
import { mixedCases } from "./mixed_cases.ts";
const model = await loadModel("chains", { device: "cpu" });
const cases = mixedCases(93);
await Deno.mkdir("/tmp/dump", {recursive: true});
for (const name of Deno.args) {
  const method = CHAIN_METHODS[name];
  if (method.method === "hops") continue;
  const start = performance.now();
  for (const [i, one] of cases.entries()) {
    const through = `spans:${one.steps.map(({ start, end }) => `${start}-${end}`).join(",")}` as const;
    const record = await attribute(model, { prompt: one.prompt, target: one.target }, { ...method, through, answer: one.answer.text } as never);
    await Deno.writeTextFile(`/tmp/dump/${name}_${i}.json`, JSON.stringify({ record, one }));
  }
  console.log(name, (performance.now() - start) / 1e3);
}
model.close();
