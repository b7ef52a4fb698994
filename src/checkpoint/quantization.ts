import { expect } from "./packed.ts";

/** What `quantization_config` of a `config.json` says; null where there is none. */
export type Quantization = { readonly method: "bitsandbytes" } | null;

const METHODS = ["bitsandbytes"];

/**
 * Reads a directory's `quantization_config`.
 *
 * @param source names the file in messages
 * @throws SyntaxError where it is of a kind that cannot be read, so that no weight is taken for what it is not
 */
export function readQuantization(config: Readonly<Record<string, unknown>>, source: string): Quantization {
  const stated = config.quantization_config;
  if (stated === undefined || stated === null) return null;
  const isObject = typeof stated === "object" && !Array.isArray(stated);
  expect(isObject, source, "quantization_config must be an object", stated);
  const keys = stated as Record<string, unknown>;
  // Configs of transformers before 4.35 have bitsandbytes' keys alone.
  const method = keys.quant_method ?? ("load_in_4bit" in keys || "load_in_8bit" in keys ? "bitsandbytes" : undefined);
  const must = `quantization_config.quant_method must be one of ${METHODS.join(", ")}`;
  expect(METHODS.includes(method as string), source, must, method ?? "none");
  expect(keys.load_in_8bit !== true, source, "bitsandbytes weights must be in 4 bits", "load_in_8bit");
  return { method: "bitsandbytes" };
}
