import { join } from "node:path";
import { z } from "npm:zod@4";
import { parseJson } from "../../files/json_object.ts";
import { readIfThere } from "../../files/text_file.ts";
import { DEVICES, QUANTIZATIONS } from "../../model/load/load_options.ts";
import { writeWhole } from "../../files/whole_file.ts";
import { SLURM_FOLDER } from "./array_script.ts";

const SCHEMA = z.object({
  schema: z.literal("whence.slurm/1"),
  count: z.int().min(1),
  atOnce: z.int().min(1).nullable(),
  shards: z.array(z.int().min(1)),
  array: z.string(),
  merge: z.string().nullable(),
  submitted: z.string(),
  overrides: z.strictObject({
    model: z.string().optional(),
    quantize: z.enum(QUANTIZATIONS).optional(),
    device: z.enum(DEVICES).optional(),
  }),
});

/** The jobs that were last submitted for an output directory. */
export type Submission = Omit<z.infer<typeof SCHEMA>, "schema">;

/** Paths of what Slurm is given, and of what is remembered of it. */
export function slurmPaths(directory: string): Record<"array" | "merge" | "submission", string> {
  const path = (name: string) => join(directory, SLURM_FOLDER, name);
  return { array: path("array.sh"), merge: path("merge.sh"), submission: path("submission.json") };
}

/**
 * Reads the jobs that were last submitted; null if there are none.
 *
 * @throws {SyntaxError} if the file is malformed
 */
export function readSubmission(directory: string): Submission | null {
  const path = slurmPaths(directory).submission;
  const text = readIfThere(path);
  if (text === null) return null;
  const { data, error } = SCHEMA.safeParse(parseJson(text, path));
  if (error === undefined) return data;
  const [{ path: key, message }] = error.issues;
  throw new SyntaxError(`Cannot read ${path} as ${key.join(".") || "it"} must be a submission's: ${message}`);
}

/** Remembers the jobs that were submitted. */
export async function writeSubmission(directory: string, submission: Submission): Promise<void> {
  const value = { schema: "whence.slurm/1", ...submission };
  await writeWhole(slurmPaths(directory).submission, `${JSON.stringify(value, null, 2)}\n`);
}
