import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../../src/experiment/config/parse_config.ts";

/** A configuration to which sweeps are added. */
export const HEAD = `name: trial
question: why?
prompts:
  - name: a
    prompt: x
    target: " y"
sweeps:
`;

/** Returns the problems of a configuration without the file's name. */
export function problemsOf(text: string): string[] {
  try {
    parseConfig(text, "f.yaml");
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.map((problem) => problem.replace(/^f\.yaml:/, ""));
  }
  return [];
}
