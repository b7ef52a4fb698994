import assert from "node:assert/strict";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import { compareRecords } from "../../../src/experiment/findings/comparison/compare_records.ts";
import { recordComparisonText } from "../../../src/experiment/findings/comparison/record_comparison_text.ts";
import { renderRecord } from "../../../src/report/render_record.ts";
import { sampledRecord } from "../../report/record_sample.ts";

type Step = string | number;

/** Values that a file may have anywhere, as JSON: missing, of each type, beyond what is expected. */
const ODD = ["null", "-1", "1.5", "1e308", '""', '"\\ud800"', "[]", "[null]", "[[1]]", "{}", "true"];
const NAMES = ['{"toString": 1}', '{"__proto__": {"x": 1}}', '{"constructor": 1}'];

/** Lists the place of every value in a record. */
function* places(value: unknown, at: readonly Step[] = []): Generator<readonly Step[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const place = [...at, Array.isArray(value) ? Number(key) : key];
    yield place;
    yield* places(child, place);
  }
}

/** Returns a record with another value at a place; without it, if there is none. */
function altered(record: unknown, place: readonly Step[], json: string | null): unknown {
  const copy = structuredClone(record);
  // deno-lint-ignore no-explicit-any -- any place of any record
  const parent = place.slice(0, -1).reduce((value: any, step) => value[step], copy);
  if (json === null) delete parent[place.at(-1)!];
  else parent[place.at(-1)!] = JSON.parse(json);
  return copy;
}

const ENGINE = /^Cannot (read prop|convert|destructure)|is not (a function|iterable|defined)|call stack|undefined/;

/** Reads and shows a record; errors must be sentences of ours. */
async function attempt(record: unknown, whole: ReturnType<typeof sampledRecord>): Promise<boolean> {
  try {
    const checked = checkRecord(JSON.parse(JSON.stringify(record)));
    for (const format of ["table", "csv", "html"] as const) await renderRecord(checked, format, {});
    recordComparisonText(compareRecords([{ name: "a", record: checked }, { name: "b", record: whole }]));
    return true;
  } catch (error) {
    const { message } = error as Error;
    assert.ok(message.startsWith("Cannot ") && !ENGINE.test(message), message);
    return false;
  }
}

Deno.test("a record with any field missing or odd is shown, compared, or refused in words", async () => {
  const whole = sampledRecord();
  const record = JSON.parse(JSON.stringify(whole));
  let [taken, refused] = [0, 0];
  for (const [i, place] of [...places(record)].entries()) {
    // Each place meets some of the values: all meet some place of each kind.
    for (const json of [null, ODD[i % ODD.length], NAMES[i % NAMES.length]]) {
      if (await attempt(altered(record, place, json), whole)) taken++;
      else refused++;
    }
  }
  assert.ok(taken > 20 && refused > 200, `${taken} ${refused}`);
});

Deno.test("an option of a method that is a mapping is refused, whatever its names", async () => {
  const whole = sampledRecord();
  for (const json of NAMES) {
    const method = { ...whole.method, layer: JSON.parse(json) };
    assert.throws(() => checkRecord({ ...whole, method }), {
      name: "TypeError",
      message: "Cannot use the record as method must be whole: got an option that is no text, number or list of them",
    });
    assert.equal(await attempt({ ...whole, method }, whole), false);
  }
});
