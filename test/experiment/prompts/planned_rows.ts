import { join } from "node:path";
import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../../src/experiment/config/parse_config.ts";
import type { Cell } from "../../../src/experiment/run/cell.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { inScratch } from "../../support/in_scratch.ts";

/** Sweep of one method. */
export const ONE = "sweeps: [{ method: input-x-gradient }]";

/** Files of prompts by their names. */
type Data = Readonly<Record<string, string | Uint8Array>>;

/** Plans an experiment on files of prompts that lie beside it. */
export async function cellsOf(prompts: string, data: Data, sweeps = ONE): Promise<readonly Cell[]> {
  let cells: readonly Cell[] = [];
  await inScratch(async (directory) => {
    for (const [name, content] of Object.entries(data)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(join(directory, name), bytes);
    }
    try {
      const config = parseConfig(`name: trial\nprompts: ${prompts}\n${sweeps}\n`, join(directory, "f.yaml"));
      cells = planExperiment(config, {}, await readPrompts(config)).cells;
      cells = cells.map((cell) => ({ ...cell, flaw: cell.flaw?.replaceAll(`${directory}/`, "") }));
    } catch (error) {
      if (error instanceof ConfigError) {
        throw new ConfigError(error.problems.map((problem) => problem.replaceAll(`${directory}/`, "")));
      }
      throw error;
    }
  });
  return cells;
}

/** Returns the mistakes of files of prompts. */
export async function mistakesOf(prompts: string, data: Data): Promise<readonly string[]> {
  try {
    await cellsOf(prompts, data);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return [];
}

/** Rows as JSONL. */
export function jsonl(...rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
