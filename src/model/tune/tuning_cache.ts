import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheFolder, mayUseCache } from "../../checkpoint/cache/cache_directory.ts";
import { parseJson } from "../../files/json_object.ts";
import { shownValue } from "../../files/shown_value.ts";
import { errorText } from "../../files/system_error.ts";
import { writeWhole } from "../../files/whole_file.ts";
import type { Gpu } from "../../gpu/device.ts";
import { ATTENTION_SOURCES } from "../../ops/attention/attention.ts";
import { PRODUCT_SOURCES } from "../../ops/product/product_kernels.ts";
import { SINGLE_SOURCES } from "../../ops/product/single_product.ts";
import { type Choice, DEFAULT_TUNING, type Tuning } from "../../ops/kernel_choice.ts";
import { tuningOf } from "./tune.ts";

/** Adapter, runtime and kernels of a tuning; for any other it is stale. */
interface TuningKey {
  /** The adapter's description. */
  readonly adapter: string;
  /** The description of its driver. */
  readonly driver: string;
  readonly deno: string;
  /** SHA-256 of the sources of all candidates. */
  readonly shaders: string;
}

/** A tuning, and the reason if it is not the one in the cache. */
interface CachedTuning {
  readonly tuning: Tuning;
  /** A sentence for the user; null if all is well or nothing is in the cache. */
  readonly hint: string | null;
}

const SCHEMA = "whence.tuning/1";

/** Returns the key of an adapter, this runtime and these kernels. */
export function tuningKey({ adapter, driver }: Pick<Gpu, "adapter" | "driver">): TuningKey {
  const hash = createHash("sha256");
  for (const source of [...PRODUCT_SOURCES, ...SINGLE_SOURCES, ...ATTENTION_SOURCES]) hash.update(source);
  return { adapter, driver, deno: Deno.version.deno, shaders: hash.digest("hex") };
}

/** Returns the file of an adapter's tuning in the user's cache directory. */
export function tuningFile(key: TuningKey, directory?: string): string {
  const name = createHash("sha256").update(JSON.stringify([key.adapter, key.driver])).digest("hex").slice(0, 16);
  return join(cacheFolder("tuning", directory), `${name}.json`);
}

/**
 * Reads the tuning in the cache; the defaults if there is none that can be used. Never fails, and asks for no
 * permission.
 *
 * @param directory in place of the user's cache directory
 */
export async function readTuning(key: TuningKey, directory?: string): Promise<CachedTuning> {
  let text: string;
  let file: string;
  try {
    if (directory === undefined && !await mayUseCache(["read"])) return { tuning: DEFAULT_TUNING, hint: null };
    file = tuningFile(key, directory);
    text = await Deno.readTextFile(file);
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound;
    return { tuning: DEFAULT_TUNING, hint: absent ? null : unusable(errorText(error)) };
  }
  try {
    return { tuning: tuningOf(parse(text, key)), hint: null };
  } catch (error) {
    return { tuning: DEFAULT_TUNING, hint: unusable(`${file}: ${errorText(error)}`) };
  }
}

/**
 * Keeps a tuning: the file is there whole or not at all.
 *
 * @returns its path
 * @throws {Error} if the directory cannot be written
 */
export async function writeTuning(key: TuningKey, { choices }: Tuning, directory?: string): Promise<string> {
  const file = tuningFile(key, directory);
  const content = { schema: SCHEMA, key, choices: Object.fromEntries([...choices].sort(([a], [b]) => a < b ? -1 : 1)) };
  await writeWhole(file, JSON.stringify(content, null, 2) + "\n");
  return file;
}

function unusable(why: string): string {
  return `The tuning of the kernels in the cache is left alone and the defaults are used, as it is of no use here: ${why}. ` +
    "doctor --tune makes another; --tuning off keeps to the defaults.";
}

/**
 * @throws {SyntaxError} if the text is no tuning
 * @throws {RangeError} if it is one for another key
 */
function parse(text: string, key: TuningKey): Map<string, Choice> {
  const content = Object(parseJson(text, "it"));
  if (content.schema !== SCHEMA) {
    throw new SyntaxError(`its schema must be ${SCHEMA}: got ${shownValue(content.schema)}`);
  }
  for (const [name, value] of Object.entries(key)) {
    const found = content.key?.[name];
    if (found !== value) throw new RangeError(`its ${name} must be ${value}: got ${shownValue(found)}`);
  }
  const { choices } = content;
  if (typeof choices !== "object" || choices === null || Array.isArray(choices)) {
    throw new SyntaxError("its choices must be a mapping");
  }
  for (const [family, choice] of Object.entries(choices)) {
    if (!isChoice(choice)) throw new SyntaxError(`the choice of ${family} must have a variant and parameters`);
  }
  return new Map(Object.entries(choices as Record<string, Choice>));
}

function isChoice(value: unknown): value is Choice {
  return typeof value === "object" && value !== null && typeof (value as Choice).variant === "string" &&
    Object.values(value).every((parameter) => typeof parameter === "string" || typeof parameter === "number");
}
