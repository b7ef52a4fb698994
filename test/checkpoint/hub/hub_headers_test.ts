import assert from "node:assert/strict";
import { byteCount, nextLink, retrySeconds } from "../../../src/checkpoint/hub/hub_headers.ts";

const seconds = (values: Record<string, string>) => retrySeconds(new Headers(values));

Deno.test("retrySeconds() reads seconds, dates and the hub's policies, and nothing else", () => {
  assert.equal(seconds({}), null);
  assert.equal(seconds({ "retry-after": "7" }), 7);
  assert.equal(seconds({ "retry-after": new Date(Date.now() - 5000).toUTCString() }), 0);
  const inAMinute = seconds({ "retry-after": new Date(Date.now() + 60_000).toUTCString() })!;
  assert.ok(inAMinute > 57 && inAMinute <= 60, String(inAMinute));
  for (const text of ["soon", "-1e", "1e400", "", "NaN"]) assert.equal(seconds({ "retry-after": text }), null, text);
  assert.equal(seconds({ "ratelimit": '"api";r=0;t=55' }), 55);
  assert.equal(seconds({ "ratelimit": '"pages";r=3;t=9, "api"; r=0; t=55' }), 55);
  assert.equal(seconds({ "ratelimit": '"api";r=3;t=55', "retry-after": "2" }), 2);
  assert.equal(seconds({ "ratelimit": '"api";r=0;t=x' }), null);
});

Deno.test("retrySeconds() tells a day at most, whatever a server asks for", () => {
  assert.equal(seconds({ "retry-after": "9".repeat(15) }), 86_400);
  assert.equal(seconds({ "retry-after": "9".repeat(400) }), null);
  assert.equal(seconds({ "ratelimit": `"api";r=0;t=${"9".repeat(12)}` }), 86_400);
});

Deno.test("nextLink() finds the next page among other links", () => {
  assert.equal(nextLink(null), null);
  assert.equal(nextLink("<a>; rel=next"), "a");
  assert.equal(nextLink('<a>; rel="prev", <b?c=1>; title=x; rel="next"'), "b?c=1");
  for (const link of ["", "next", "<a", "<a>", '<a>; rel="last"', ">rel=next<"]) {
    assert.equal(nextLink(link), null, link);
  }
});

Deno.test("nextLink() and retrySeconds() take time that is linear in the header", () => {
  const started = performance.now();
  for (const part of ["<", "<a>", "<;", "<>;rel,"]) nextLink(part.repeat(200_000));
  const headers = (value: string) => ({ get: () => value }) as unknown as Headers;
  for (const part of [";r=0", "; ", ";r=0;", ",;", "= "]) retrySeconds(headers(part.repeat(200_000)));
  assert.ok(performance.now() - started < 5000, String(performance.now() - started));
});

Deno.test("byteCount() takes digits alone", () => {
  assert.equal(byteCount("12"), 12);
  for (const text of [null, "", "-1", "1e3", "0x1", "1 2", "9".repeat(16)]) assert.equal(byteCount(text), null);
});
