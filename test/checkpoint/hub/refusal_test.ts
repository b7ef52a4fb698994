import assert from "node:assert/strict";
import type { ByteAnswer } from "./byte_server.ts";
import { commitOf, gitSha1, json, refuse, serveHub } from "./hub_server.ts";
import { NAME, SINGLE_MODEL, snapshotNames, type Trial, withHub } from "./trial.ts";

const PRIVATE = { revisions: { main: SINGLE_MODEL }, token: "hf_right" };
const GATED = { ...PRIVATE, gated: true };
const token = (value: string) => ({ token: value, tokenSource: "HF_TOKEN" });

Deno.test("a private model is downloaded with its token, which goes to the hub alone", () =>
  withHub(async (trial) => {
    const seen = new Set<string>();
    trial.server.intercept = ({ headers }, host) => void seen.add(`${host} ${headers.get("authorization")}`);
    await trial.fetch(NAME, token("hf_right"));
    assert.deepEqual(seen, new Set(["hub Bearer hf_right", "cdn null"]));
  }, PRIVATE));

const refused: Record<string, { repository: typeof PRIVATE; given?: string; source?: string; message: RegExp }> = {
  "a private or unknown model without a token": {
    repository: PRIVATE,
    message:
      /^Cannot download team\/tiny as .* must have it and grant access: got 401 without a token\. Check the name; a private or gated model needs a token in HF_TOKEN; there is no such path here either$/,
  },
  "a private model with a token that may not read it": {
    repository: PRIVATE,
    given: "hf_wrong",
    message: /got 404 with the token of HF_TOKEN\. Check the name, and what the token may read/,
  },
  "a gated model without a token": {
    repository: GATED,
    message:
      /^Cannot download \S+ of team\/tiny as its terms must be accepted at http:\S+\/team\/tiny by the account of the token: got 401 \(gated\) without a token; set HF_TOKEN$/,
  },
  "a gated model whose terms are not accepted": {
    repository: GATED,
    given: "hf_wrong",
    message:
      /its terms must be accepted at http:\S+\/team\/tiny by the account of the token: got 403 \(gated\) with the token of HF_TOKEN$/,
  },
  "a revision that is not there": {
    repository: PRIVATE,
    given: "hf_right",
    source: `${NAME}@v9`,
    message:
      /^Cannot download team\/tiny@v9 as the repository must have the branch, tag or commit v9: got 404 from http/,
  },
  "a commit that is not there": {
    repository: PRIVATE,
    given: "hf_right",
    source: `${NAME}@${"0".repeat(40)}`,
    message: /the repository must have the branch, tag or commit 0{40}: got 404/,
  },
};

for (const [what, { repository, given, source, message }] of Object.entries(refused)) {
  Deno.test(`${what} is refused in words that say what to do`, () =>
    withHub(async (trial) => {
      const replace = given === undefined ? {} : token(given);
      await assert.rejects(trial.fetch(source, replace), (error: Error) => {
        assert.equal(error.name, "HubError");
        assert.match(error.message, message);
        return !error.message.includes("hf_");
      });
      assert.deepEqual(trial.waits, []);
      assert.deepEqual(snapshotNames(trial.folder, SINGLE_MODEL), []);
    }, repository));
}

const answers: Record<string, { answer: ByteAnswer; given?: string; message: RegExp }> = {
  "a token that is invalid": {
    answer: refuse(401, undefined, "Invalid credentials in Authorization header"),
    given: "hf_old",
    message: /the token of HF_TOKEN must be valid: got 401/,
  },
  "a token without a right": {
    answer: refuse(403, undefined, "Fine-grained token lacks access"),
    given: "hf_fine",
    message: /must grant access: got 403 \(Fine-grained token lacks access\) with the token of HF_TOKEN/,
  },
  "a host without such routes": {
    answer: refuse(404),
    message: /as http:\S+ must have it: got 404; there is no such path here/,
  },
  "a page in place of JSON": {
    answer: { status: 200, body: new TextEncoder().encode("<html>Please log in") },
    message: /revision\/main must answer with JSON: got "<html>Please log in"; HF_ENDPOINT must be a hub's address$/,
  },
  "JSON without a commit": {
    answer: json({ sha: "../../etc" }),
    message: /must answer with a model's commit: got "\.\.\/\.\.\/etc"/,
  },
  "a list in place of an object": { answer: json([1]), message: /must answer with a model's commit: got nothing/ },
  "null": { answer: json(null), message: /must answer with a model's commit: got nothing/ },
  "a redirect to a file": {
    answer: { status: 302, headers: { location: "file:///etc/passwd" } },
    message: /must redirect to an address as safe as its own: got /,
  },
  "a redirect without an end": {
    answer: { status: 302, headers: { location: "?again" } },
    message: /must end somewhere/,
  },
};

for (const [what, { answer, given, message }] of Object.entries(answers)) {
  Deno.test(`${what} is reported at once`, () =>
    withHub(async (trial) => {
      trial.server.intercept = () => answer;
      await assert.rejects(trial.fetch(NAME, given === undefined ? {} : token(given)), { name: "HubError", message });
      assert.deepEqual(trial.waits, []);
    }));
}

for (
  const [what, listing] of [
    ["no list", { error: "x" }],
    ["a file without a hash", [{ type: "file", path: "config.json", size: 3 }]],
    ["a hash that is a path", [{ type: "file", path: "config.json", size: 3, oid: "../../evil" }]],
    ["a hash of LFS that is a path", [{
      type: "file",
      path: "c",
      size: 3,
      oid: "0".repeat(40),
      lfs: { oid: "/etc/x", size: 3 },
    }]],
    ["a negative size", [{ type: "file", path: "config.json", size: -3, oid: "0".repeat(40) }]],
  ] as const
) {
  Deno.test(`a listing with ${what} is refused`, () =>
    withHub(async (trial) => {
      trial.server.intercept = ({ path }) => path.includes("/tree/") ? json(listing) : undefined;
      await assert.rejects(trial.fetch(), { name: "HubError", message: /tree\/\w{40}\S* must answer with/ });
    }));
}

Deno.test("a listing that goes on elsewhere, or without end, is refused", () =>
  withHub(async (trial) => {
    let page = 0;
    for (
      const [next, message] of [
        [() => "http://127.0.0.2/more", /at most 100 pages of its own: got another/],
        [() => `?cursor=${page++}`, /at most 100 pages of its own: got another/],
        [() => "?cursor=0", /at most 100 pages of its own: got the same one again/],
        [() => "http://[", /must answer with the address of the next page: got http:\/\/\[;/],
      ] as const
    ) {
      trial.server.intercept = ({ path }) =>
        path.includes("/tree/") ? json([], { link: `<${next()}>; rel="next"` }) : undefined;
      await assert.rejects(trial.fetch(), { name: "HubError", message });
    }
  }));

Deno.test("a mirror whose ETag is no hash is refused, as nothing could be verified", () =>
  withHub(
    async (trial) => {
      const body = SINGLE_MODEL["config.json"];
      for (const etag of ['"../../../evil"', '"5d41402abc4b2a76b9719d911017c592"', ""]) {
        trial.server.intercept = ({ method }) =>
          method === "HEAD" ? { status: 200, headers: { etag }, body } : undefined;
        await assert.rejects(trial.fetch(), { message: /must answer with an ETag that is a SHA-256 or git's SHA-1/ });
      }
      trial.server.intercept = ({ method, path }) =>
        method === "HEAD" && path.endsWith("/config.json")
          ? { status: 200, headers: { etag: `W/"${gitSha1(body)}"` }, body }
          : undefined;
      await trial.fetch();
    },
    SINGLE_MODEL,
    { listings: false },
  ));

/** Answers the first requests for a commit so. */
function answerFirst({ server }: Trial, ...first: ByteAnswer[]): void {
  server.intercept = ({ path }) => path.includes("/revision/") ? first.shift() : undefined;
}

const limited = (headers: Record<string, string>): ByteAnswer => ({ status: 429, headers });

Deno.test("a hub that limits the rate is asked again when it says, in seconds, by a date, or as its limits have it", () =>
  withHub(async (trial) => {
    const date = new Date(Date.now() + 90_000).toUTCString();
    answerFirst(
      trial,
      limited({ "retry-after": "7" }),
      limited({ "retry-after": date }),
      limited({ ratelimit: '"api";r=0;t=55' }),
      limited({}),
    );
    await trial.fetch();
    const [seconds, byDate, byLimit, unsaid] = trial.waits;
    assert.deepEqual([seconds, byLimit, unsaid], [7, 55, 8]);
    assert.ok(byDate > 60 && byDate <= 90, String(byDate));
    assert.equal(trial.hints.length, 4);
    assert.match(
      trial.hints[0],
      /limits the rate of requests: got 429, to be tried again in 7 s; with a token in HF_TOKEN more/,
    );
  }));

Deno.test("a hub that limits the rate for longer than five minutes, or five times, is given up", () =>
  withHub(async (trial) => {
    answerFirst(trial, limited({ "retry-after": "301" }));
    await assert.rejects(trial.fetch(), { message: /got 429, to be tried again in 301 s/ });
    assert.deepEqual(trial.waits, []);
    answerFirst(trial, ...Array.from({ length: 9 }, () => limited({ "retry-after": "1" })));
    await assert.rejects(trial.fetch(), { message: /limits the rate of requests: got 429/ });
    assert.deepEqual(trial.waits, [1, 1, 1, 1]);
  }));

for (const status of [408, 500, 502, 503, 504]) {
  Deno.test(`a hub that answers ${status} is asked again`, () =>
    withHub(async (trial) => {
      answerFirst(trial, { status }, { status }, { status }, { status });
      await trial.fetch();
      assert.deepEqual(trial.waits, [1, 2, 4, 8]);
    }));
}

Deno.test("a hub that goes on to answer 503 is given up after five attempts", () =>
  withHub(async (trial) => {
    trial.server.intercept = () => refuse(503, undefined, "Down for maintenance");
    await assert.rejects(trial.fetch(), { message: /must answer: got 503 \(Down for maintenance\)$/ });
    assert.deepEqual(trial.waits, [1, 2, 4, 8]);
  }));

Deno.test("a model that was renamed is found where it is now, with its token", () =>
  withHub(async (trial) => {
    const seen = new Set<string | null>();
    trial.server.intercept = ({ path, headers }) => {
      seen.add(headers.get("authorization"));
      if (!path.includes("old/name")) return undefined;
      return { status: 307, headers: { location: path.replace("old/name", NAME) } };
    };
    const { commit } = await trial.fetch("old/name", { ...token("hf_right"), symlinks: true });
    assert.equal(commit, commitOf(SINGLE_MODEL));
    assert.deepEqual(seen, new Set(["Bearer hf_right", null]));
  }, PRIVATE));

Deno.test("an address of a file is told without its signature", () =>
  withHub(async (trial) => {
    const { endpoint, requests } = serveHubThatIsGone();
    trial.server.intercept = ({ path }) =>
      path.endsWith("model.safetensors")
        ? { status: 302, headers: { location: `${endpoint}/blob?signature=secret` } }
        : undefined;
    await assert.rejects(trial.fetch(), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot download model\.safetensors of team\/tiny as 127\.0\.0\.1:\d+ must answer: got /,
      );
      return !error.message.includes("secret");
    });
    assert.deepEqual(requests, []);
  }));

function serveHubThatIsGone() {
  const server = serveHub({});
  server.close();
  return server;
}
