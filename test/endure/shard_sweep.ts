import { parseConfig } from "../../src/experiment/config/parse_config.ts";
import { readPrompts } from "../../src/experiment/prompts/read_prompts.ts";
import type { ExperimentPlan } from "../../src/experiment/run/cell.ts";
import { planExperiment } from "../../src/experiment/run/plan_cells.ts";

const NAMES = ["Michael", "Clara", "Maria", "John", "Anna", "Peter", "Laura"];
const TRADES = ["baker", "software engineer", "teacher", "nurse", "painter"];
const PLACES = ["Tampa, Florida", "Austin, Texas", "Boston, Massachusetts"];

const SWEEP = `name: shards
question: Do shards that are killed end as one process that is not?
device: cpu
plots: summary
prompts:
  file: prompts.jsonl
sweeps:
  - { method: input-x-gradient }
  - { method: feature-ablation }
`;

/** Plans a sweep of two cheap methods over prompts by a pattern, which lie in a file of the working directory. */
export async function planShardSweep(prompts: number): Promise<ExperimentPlan> {
  const rows = Array.from({ length: prompts }, (_, i) => {
    const text = `${NAMES[i % 7]} works as a ${TRADES[i % 5]} in ${PLACES[i % 3]}. Number ${i}. On weekends, she likes`;
    return JSON.stringify({ name: `p${i}`, prompt: text, target: " skating in the park" });
  });
  // Shards start at once: each has the whole file, whoever wrote it.
  const part = `prompts.${Deno.pid}.part`;
  await Deno.writeTextFile(part, rows.join("\n"));
  await Deno.rename(part, "prompts.jsonl");
  const config = parseConfig(SWEEP, "shards.yaml");
  return planExperiment(config, {}, await readPrompts(config));
}
