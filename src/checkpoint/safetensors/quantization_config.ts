import type { Keys, StatedQuantization } from "./packed_format.ts";
import { PACKED_FORMATS } from "./packed_formats.ts";
import { expect } from "./packed_weight.ts";

/**
 * Reads the `quantization_config` of a `config.json`; null if it has none.
 *
 * @param source names the file in messages
 * @throws {SyntaxError} if it is of a method that cannot be read
 */
export function readQuantization(config: Keys, source: string): StatedQuantization | null {
  const stated = config.quantization_config;
  if (stated === undefined || stated === null) return null;
  const isObject = typeof stated === "object" && !Array.isArray(stated);
  expect(isObject, source, "quantization_config must be an object", stated);
  const keys = stated as Keys;
  // Configs of transformers before 4.35 have bitsandbytes' keys alone.
  const method = keys.quant_method ?? ("load_in_4bit" in keys || "load_in_8bit" in keys ? "bitsandbytes" : "none");
  const known = PACKED_FORMATS.flatMap(({ methods }) => methods);
  const must = `quantization_config.quant_method must be one of ${known.join(", ")}`;
  expect(typeof method === "string" && known.includes(method), source, must, method);
  return { method, keys };
}
