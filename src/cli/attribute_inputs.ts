import { isSingleBaseline, samplesBaseline } from "../explain/options/baseline_name.ts";
import type { Message } from "../model/tokens/chat_turns.ts";
import { text } from "./argument_values.ts";
import { UsageError, type Values } from "./arguments.ts";

const SAMPLES = "samples:";
const ROLES = ["system", "user", "assistant"] as const;

/**
 * Reads the baseline. `samples:FILE` becomes the list in the file, which has a baseline a line; blank lines are
 * skipped.
 */
export async function baselineOf(values: Values): Promise<string | undefined> {
  const name = text("baseline", values.baseline);
  // A record writes the list itself.
  if (name === undefined || !name.startsWith(SAMPLES) || name.startsWith(`${SAMPLES}[`)) return name;
  const file = name.slice(SAMPLES.length);
  const lines = (await read(file)).split(/\r?\n/);
  const wrong = lines.findIndex((line) => line.trim() !== "" && !isSingleBaseline(line));
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot use --baseline ${name} as line ${
        wrong + 1
      } must be zero, mean, eos, pad, text:<prompt of as many tokens> or ` +
        `token:<id or text>: got ${JSON.stringify(lines[wrong])}`,
    );
  }
  const names = lines.filter((line) => line.trim() !== "");
  if (names.length >= 2) return samplesBaseline(names);
  throw new UsageError(`Cannot use --baseline ${name} as it must have two lines at least: got ${names.length}`);
}

async function read(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new UsageError(`Cannot use --baseline samples:${file} as it must be a file: got ${(error as Error).message}`);
  }
}

/** Reads the earlier messages of the chat. */
export function historyOf({ history }: Values): Message[] | undefined {
  return (history as readonly string[] | undefined)?.map((given) => {
    const role = ROLES.find((name) => given.startsWith(`${name}:`));
    if (role !== undefined) return { role, content: given.slice(role.length + 1) };
    throw new UsageError(
      `Cannot use --history as it must be ${ROLES.join(":, ")}: and a text: got ${JSON.stringify(given)}`,
    );
  });
}
