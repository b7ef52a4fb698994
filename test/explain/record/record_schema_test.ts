import assert from "node:assert/strict";
import type { z } from "npm:zod@4";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { RECORD } from "../../../src/explain/record/record_schema.ts";
import { sampledRecord } from "../../report/record_sample.ts";

/**
 * A type with every field required and marked if it was optional, and nothing read-only: equal ones have the same
 * fields.
 */
type Fields<T> = T extends readonly (infer Item)[] ? { item: Fields<Item>; length: T["length"] }
  : T extends object
    ? { -readonly [K in keyof T]-?: undefined extends T[K] ? { optional: Fields<NonNullable<T[K]>> } : Fields<T[K]> }
  : T;
/** `true` if the types can stand for each other. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;

Deno.test("RECORD has the fields of AttributionRecord and no others", () => {
  const same: Same<Fields<z.infer<typeof RECORD>>, Fields<AttributionRecord>> = true;
  assert.ok(same);
});

Deno.test("RECORD keeps fields that a later version adds to the method", () => {
  const record = { ...sampledRecord(), method: { name: "lime", later: [1, 2] } };
  assert.deepEqual(RECORD.parse(record).method, record.method);
});
