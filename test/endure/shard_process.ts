// A shard of a sweep in a process of its own, for shard_kills.ts: says on stdout which cells it has computed. Takes the
// output directory, K/N, "whole" or "merge", the number of prompts, and "closed-form" or "embedded", the model.
import type { AttributionRecord } from "../../src/explain/record/record.ts";
import type { OpenModel, RunContext } from "../../src/experiment/run/run_context.ts";
import { runExperiment } from "../../src/experiment/run/run_experiment.ts";
import { mergeShards } from "../../src/experiment/shards/merge_shards.ts";
import { runShard } from "../../src/experiment/shards/run_shard.ts";
import { parseShard } from "../../src/experiment/shards/shard.ts";
import { fakeContext } from "../explain/fake_model.ts";
import { planShardSweep } from "./shard_sweep.ts";

const [out, part, prompts, source] = Deno.args;
// Results are the same to the byte: cells take no time.
performance.now = () => 0;

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** Leaves out what depends on the cells that a process has computed before. */
function withoutBytes(record: AttributionRecord): AttributionRecord {
  return { ...record, cost: { ...record.cost, predictedBytes: 0, peakBytes: 0 } };
}

async function open(spec: Parameters<RunContext["open"]>[0]): Promise<OpenModel> {
  const model = source === "embedded"
    ? await (await import("../../src/experiment/run/open_model.ts")).openModel(spec, { threads: 1, cache: "off" })
    : await fakeContext().open(spec);
  return { ...model, attribute: async (text, options) => withoutBytes(await model.attribute(text, options)) };
}

const context: RunContext = {
  open,
  onProgress(event) {
    if (event.kind !== "end") return;
    const { cell, status } = event.outcome;
    say(`${status} ${cell.id}${event.outcome.status === "failed" ? ` ${event.outcome.error}` : ""}`);
  },
};
const plan = await planShardSweep(Number(prompts));
if (part === "whole") await runExperiment(plan, context, out);
else if (part === "merge") {
  const { missing, failed } = await mergeShards(plan, out);
  say(`missing ${missing} failed ${failed}`);
} else await runShard(plan, parseShard(part, () => undefined), context, out);
// The most memory that the process has held, as Linux tells it.
const held = /^VmHWM:\s+(\d+) kB/m.exec(await Deno.readTextFile("/proc/self/status").catch(() => ""))?.[1];
say(`memory ${Math.round(Number(held ?? 0) / 1024)} MiB`);
