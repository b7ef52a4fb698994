import type { ByteAnswer } from "../../checkpoint/hub/byte_server.ts";
import { bytesOf, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { readTree, type Tree, writeTree } from "../json_tree.ts";
import { mutateBytes } from "../mutate_bytes.ts";
import { mutateTree } from "../mutate_tree.ts";

const STATUSES = [200, 204, 206, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 408, 416, 429, 451, 500, 501, 503];

const HEADERS = [
  "link",
  "etag",
  "x-linked-etag",
  "x-linked-size",
  "content-length",
  "content-range",
  "content-type",
  "location",
  "retry-after",
  "ratelimit",
  "x-error-code",
  "x-error-message",
  "x-repo-commit",
];

const VALUES: readonly string[] = [
  "",
  "0",
  "-1",
  "1e9",
  "99999999999999999999",
  "NaN",
  '"',
  "W/",
  `"${"a".repeat(64)}"`,
  `"${"0".repeat(40)}"`,
  '<>; rel="next"',
  '<http://[>; rel="next"',
  '<//evil.test/x>; rel="next"',
  '<?cursor=1>; rel="next"',
  "bytes 0-0/1",
  "bytes */*",
  "bytes 5-1/3",
  "http://[",
  "//evil.test/x",
  "/",
  "..",
  "javascript:1",
  "Wed, 21 Oct 2099 07:28:00 GMT",
  "Wed, 99 Foo 2099",
  '"api";r=0;t=999999999999',
  '"api";r=0;t=1',
  "r=0".repeat(3000),
  "GatedRepo",
  "RevisionNotFound",
  "EntryNotFound",
  "RepoNotFound",
  "x".repeat(20_000),
  "\u001b[31mred",
];

/**
 * Damages an answer: its status, a header, its body, or the moment at which it breaks off.
 *
 * @param hostile a text to put in
 */
export function damagedAnswer(answer: ByteAnswer, hostile: string, dice: Dice): ByteAnswer {
  const body = answer.body ?? new Uint8Array(0);
  const headers = { ...answer.headers };
  switch (dice.below(8)) {
    case 0:
      return { ...answer, status: dice.pick(STATUSES) };
    case 1:
      for (const name of Object.keys(headers)) if (dice.oneIn(2)) delete headers[name];
      return { ...answer, headers };
    case 2:
      return { ...answer, headers: { ...headers, [dice.pick(HEADERS)]: dice.pick([...VALUES, hostile]) } };
    case 3: {
      const status = dice.pick(STATUSES);
      const said = { [dice.pick(HEADERS)]: dice.pick(VALUES), "x-error-message": dice.pick([hostile, ...VALUES]) };
      return { ...answer, status, headers: { ...headers, ...said } };
    }
    case 4:
      return { ...answer, cut: dice.below(body.length + 1), silent: dice.oneIn(6) };
    case 5:
      return { ...answer, body: mutateBytes(body, bytesOf(hostile), dice) };
    case 6:
      return { ...answer, body: bytesOf(dice.pick(["", "null", "[]", "{", "<html>", hostile, `"${hostile}"`])) };
    default:
      return { ...answer, body: damagedJson(body, dice) };
  }
}

function damagedJson(body: Uint8Array, dice: Dice): Uint8Array<ArrayBuffer> {
  let tree: Tree;
  try {
    tree = readTree(textOf(body));
  } catch {
    return mutateBytes(body, body, dice);
  }
  for (let left = 1 + dice.below(3); left > 0; left--) mutateTree(tree, tree, dice);
  return bytesOf(writeTree(tree));
}

/** Statuses whose answers have no body. */
const BARE = [101, 204, 205, 304];

/** Makes a response of an answer, which may break off or fall silent. */
export function answered(
  { status, headers, body = new Uint8Array(0), cut, silent }: ByteAnswer,
  method: string,
  signal?: AbortSignal | null,
): Promise<Response> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const sent = new Headers();
  for (const [name, value] of Object.entries({ "content-length": String(body.length), ...headers })) {
    try {
      sent.set(name, value);
    } catch {
      // No server can send it.
    }
  }
  if (method === "HEAD" || BARE.includes(status)) return Promise.resolve(new Response(null, { status, headers: sent }));
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      signal?.addEventListener("abort", () => {
        try {
          controller.error(signal.reason);
        } catch {
          // It has ended.
        }
      });
      if (body.length > 0 && cut !== 0) controller.enqueue(new Uint8Array(body.subarray(0, cut)));
      if (silent) return;
      if (cut === undefined || cut >= body.length) controller.close();
      else controller.error(new TypeError("error reading a body from connection"));
    },
  });
  return Promise.resolve(new Response(stream, { status, headers: sent }));
}
