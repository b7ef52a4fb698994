import assert from "node:assert/strict";
import { outcomeOf, readChatTemplate, readTemplatesGolden } from "./templates_golden.ts";

const golden = await readTemplatesGolden();
const now = new Date(golden.now);

/** Small templates that Jinja2 renders and that are refused here by name; each stands for something that is missing. */
const MISSING = [
  '{{ "ǆ".title() }}',
  '{{ "1²".isdigit() }}',
  '{{ "a" | pprint }}',
  '{{ "a b" | urlencode }}',
  '{{ "a".encode("utf-8") }}',
  '{{ strftime_now("%Z%z|%s") }}',
  "{{ (1).bit_length() }}",
  "{{ 1 .real }}",
  "{{ 1.0.is_integer() }}",
  "{{ 10.0 ** 2 }}",
  "{{ 2 ** -1 }}",
  "{{ 3 is sameas 3 }}",
  "{{ 99999999999999999999 / 3 }}",
  "{{ none[1:2] }}",
  "{{ self }}",
  "{% autoescape true %}x{% endautoescape %}",
  "{% block a %}x{% endblock %}",
];

Deno.test("compileTemplate() renders a thousand expressions and statements as Jinja2, or refuses them by name", () => {
  const missing: string[] = [];
  let equal = 0;
  for (const { template, outcome } of golden.cases) {
    const found = outcomeOf(template, golden.sample, now);
    if (outcome.text === undefined) assert.equal(found.text, undefined, template);
    else if (found.error !== undefined) {
      assert.equal(found.error, "missing", template);
      missing.push(template);
    } else {
      assert.equal(found.text, outcome.text, template);
      equal++;
    }
  }
  assert.ok(equal > 900, `${equal} are equal`);
  assert.deepEqual(missing.toSorted(), MISSING.toSorted());
});

for (const { name, outcomes } of golden.chats) {
  Deno.test(`compileTemplate() renders chats by the template ${name} as transformers does`, async () => {
    const template = await readChatTemplate(name);
    for (const [chat, outcome] of Object.entries(outcomes)) {
      const found = outcomeOf(template, { ...golden.given, ...golden.conversations[chat] }, now);
      assert.deepEqual(found.text, outcome.text, chat);
      assert.equal(found.error, outcome.error === undefined ? undefined : boundOr(outcome.error), chat);
    }
  });
}

/** A recursion without end is stopped, in Python as well. */
function boundOr(error: string): string {
  return error === "RecursionError" ? "bound" : "fails";
}
