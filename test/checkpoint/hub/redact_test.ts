import assert from "node:assert/strict";
import { redacted, redactError, withoutUser } from "../../../src/checkpoint/hub/redact.ts";
import { hubSettings } from "../../../src/checkpoint/hub/hub_settings.ts";
import type { ByteAnswer } from "./byte_server.ts";
import { json, refuse } from "./hub_server.ts";
import { bytesOf, NAME, withHub } from "./trial.ts";

const TOKEN = 'hf_"secret%\\token';
const ENDPOINT = "http://ada:p%40ss-word@hub.example";

Deno.test("redacted() hides the token and the password in each form, and the user of an address", () => {
  const settings = { token: TOKEN, endpoint: ENDPOINT };
  for (
    const secret of [TOKEN, encodeURIComponent(TOKEN), JSON.stringify(TOKEN).slice(1, -1), "p%40ss-word", "p@ss-word"]
  ) {
    assert.equal(redacted(`got ${secret}, ${secret}`, settings), "got …, …");
  }
  assert.equal(redacted(`Basic ${btoa("ada:p@ss-word")}`, settings), "Basic …");
  assert.equal(redacted(`from ${ENDPOINT}/team/tiny@v9`, settings), "from http://…@hub.example/team/tiny@v9");
  assert.equal(redacted("http://secret-user@hub", { token: null, endpoint: "http://secret-user@hub" }), "http://…@hub");
  assert.equal(redacted("ab", { token: "a", endpoint: "http://hub" }), "ab");
  assert.equal(withoutUser('"https://a:b@c/d", https://e/f@g'), '"https://…@c/d", https://e/f@g');
});

Deno.test("redactError() keeps the class and reaches causes", () => {
  const error = new RangeError("got hf_secret", { cause: new TypeError("for hf_secret") });
  redactError(error, { token: "hf_secret", endpoint: "http://hub" });
  assert.deepEqual([error.name, error.message, (error.cause as Error).message], ["RangeError", "got …", "for …"]);
  assert.ok(!error.stack!.includes("hf_secret"));
});

Deno.test("hubSettings() tells of a bad HF_ENDPOINT without its password", () => {
  for (
    const endpoint of ["ftp://ada:secret@hub", "ada:sec@ret@hub", "http://ada:se#cret@hub", "file://ada:se/cret@hub"]
  ) {
    assert.throws(() => hubSettings((name) => ({ HF_ENDPOINT: endpoint, HOME: "/home/ada" })[name]), (error: Error) => {
      assert.match(error.message, /HF_ENDPOINT as it must be an http or https address: got …@(?:hub)$/);
      return true;
    });
  }
});

const SECRET = "hf_right_and_long_enough_to_be_cut_in_two";
const PASSWORD = "pass-word-of-the-mirror";

/** Answers that send back what they were sent, each at the first or a later request. */
const echoes: Record<string, (secret: string) => { path: RegExp; answer: ByteAnswer }> = {
  "a reason": (secret) => ({ path: /revision/, answer: refuse(403, undefined, `no right of ${secret}`) }),
  "a passing reason": (secret) => ({ path: /revision/, answer: refuse(503, undefined, `busy with ${secret}`) }),
  "a page": (secret) => ({
    path: /revision/,
    answer: { status: 200, body: bytesOf(`<p>Your token is ${secret}</p>`) },
  }),
  "a commit": (secret) => ({ path: /revision/, answer: json({ sha: secret }) }),
  "a listing": (secret) => ({ path: /tree/, answer: json([{ type: "file", path: "a".repeat(70), oid: secret }]) }),
  "a next page": (secret) => ({ path: /tree/, answer: json([], { link: `<http://x/${secret}>; rel="next"` }) }),
  "a place": (secret) => ({ path: /revision/, answer: { status: 302, headers: { location: `ftp:${secret}` } } }),
  "a host": (secret) => ({
    path: /revision/,
    answer: { status: 302, headers: { location: `http://a:${secret}@127.0.0.1:1/?${secret}` } },
  }),
  "a range": (secret) => ({
    path: /tokenizer.json/,
    answer: { status: 206, headers: { "content-range": `bytes ${secret}` }, body: bytesOf("{}") },
  }),
};

for (const [what, echo] of Object.entries(echoes)) {
  Deno.test(`a hub that sends the token or the password back in ${what} does not get it shown`, () =>
    withHub(async ({ server, fetch, hints }) => {
      const endpoint = server.endpoint.replace("//", `//ada:${PASSWORD}@`);
      for (const secret of [SECRET, PASSWORD]) {
        const { path, answer } = echo(secret);
        server.intercept = (request) => path.test(request.path) ? answer : undefined;
        await assert.rejects(fetch(NAME, { token: SECRET, tokenSource: "HF_TOKEN", endpoint }), (error: Error) => {
          const all = [error.message, error.stack, String(error.cause), ...hints].join();
          for (const start of [SECRET, PASSWORD]) assert.ok(!all.includes(start.slice(0, 6)), all);
          return true;
        });
      }
    }));
}
