import { parseJson } from "../../files/json_object.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { type Asked, askedText, HubError, refusal } from "./hub_error.ts";
import { nextLink } from "./hub_headers.ts";
import type { Hub } from "./hub_settings.ts";
import { networkFault } from "./network_fault.ts";
import { shownReply } from "./redact.ts";

/** An answer whose body is read part by part. */
export interface Reply {
  readonly response: Response;
  /**
   * Reads the next part of the body; null at its end.
   *
   * @throws {HubError} if the connection breaks or stalls; it may pass
   */
  read(): Promise<Uint8Array | null>;
  /** Closes the connection. */
  close(): Promise<void>;
}

/** A request to the hub. */
interface HubRequest {
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
}

/** Attempts without progress. */
export const ATTEMPTS = 5;
/** Seconds; the hub counts requests in windows of five minutes. */
const LONGEST_WAIT = 300;
/** Seconds of waiting from which on a hint is given. */
const NOTABLE_WAIT = 5;
const MOST_REDIRECTS = 8;
/** Bytes of an answer in JSON: a listing of a hundred thousand files takes less. */
const MOST_JSON = 1 << 25;
/** Bytes a second that a body must bring on the whole, once it has had a few timeouts' time. */
const LEAST_PACE = 1024;
const TIMEOUTS_OF_GRACE = 6;
/** Timeouts after which an answer in JSON, or a listing of several, is given up. */
export const MOST_TIMEOUTS = 60;

/**
 * Repeats an attempt that failed in a way that may pass, after 1, 2, 4, … seconds or when the hub says.
 *
 * @param progressed returns true if the last attempt got further than any before it; then it does not count
 */
export async function persist<T>(
  attempt: () => Promise<T>,
  hub: Hub,
  { attempts = ATTEMPTS, progressed = () => false }: {
    readonly attempts?: number;
    readonly progressed?: () => boolean;
  } = {},
): Promise<T> {
  for (let failures = 0;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof HubError && error.transient)) throw error;
      failures = progressed() ? 1 : failures + 1;
      const seconds = error.retryAfter ?? 2 ** (failures - 1);
      if (failures >= attempts || seconds > LONGEST_WAIT) throw error;
      if (seconds >= NOTABLE_WAIT) hub.onHint?.(`${error.message}; trying again in ${seconds} s`);
      await hub.wait(seconds);
      hub.signal?.throwIfAborted();
    }
  }
}

/**
 * Sends a request and follows redirects, by which files of Git LFS come from another host. The token goes to the hub
 * alone. A HEAD stops at the redirect, which has properties of the file that the other host does not know.
 *
 * @throws {HubError} if the status is 400 or more, or nobody answers
 */
export async function send({ url, method = "GET", headers = {} }: HubRequest, asked: Asked, hub: Hub): Promise<Reply> {
  let address = new URL(url);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const reply = await sendOnce(address, method, headers, asked, hub);
    const { status, headers: got } = reply.response;
    if (status >= 400) {
      await reply.close();
      throw refusal(reply.response, asked, hub);
    }
    const location = status >= 300 ? got.get("location") : null;
    if (location === null || method === "HEAD" && got.has("x-linked-etag")) return reply;
    await reply.close();
    const next = URL.canParse(location, address.href) ? new URL(location, address) : null;
    const safe = next?.protocol === "https:" || next?.protocol === "http:" && address.protocol === "http:";
    if (next === null || !safe) {
      throw new HubError(
        `Cannot download ${askedText(asked)} as ${address.host} must redirect to an address as safe as its own: ` +
          `got ${next?.origin ?? shownReply(location, hub)}`,
      );
    }
    address = next;
  }
  throw new HubError(`Cannot download ${askedText(asked)} as ${url} must end somewhere: got ever more redirects`);
}

async function sendOnce(
  address: URL,
  method: "GET" | "HEAD",
  headers: Readonly<Record<string, string>>,
  asked: Asked,
  hub: Hub,
): Promise<Reply> {
  const watch = new AbortController();
  const signal = hub.signal === undefined ? watch.signal : AbortSignal.any([watch.signal, hub.signal]);
  const within = async <T>(step: Promise<T>): Promise<T> => {
    const silence = new Error(`nothing for ${hub.timeout} s`);
    const timer = setTimeout(() => watch.abort(silence), hub.timeout * 1000);
    try {
      return await step;
    } catch (error) {
      hub.signal?.throwIfAborted();
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw unreachable(error, address, asked, hub);
    } finally {
      clearTimeout(timer);
    }
  };
  const known = hub.token !== null && address.origin === new URL(hub.endpoint).origin;
  const response = await within(fetch(address, {
    method,
    redirect: "manual",
    signal,
    headers: {
      "user-agent": "whence",
      // Sizes and ranges are those of the file, not of a compressed form.
      "accept-encoding": "identity",
      ...(known ? { authorization: `Bearer ${hub.token}` } : {}),
      ...headers,
    },
  }));
  const reader = response.body?.getReader();
  const [seconds, grace] = [startStopwatch(), TIMEOUTS_OF_GRACE * hub.timeout];
  let bytes = 0;
  return {
    response,
    async read() {
      const part = await within(reader?.read() ?? Promise.resolve({ done: true as const, value: undefined }));
      if (part.done) return null;
      bytes += part.value.length;
      // One byte now and then would last for years.
      if (bytes < LEAST_PACE * (seconds() - grace)) {
        throw unreachable(new Error(`${bytes} bytes in ${Math.ceil(seconds())} s`), address, asked, hub);
      }
      return part.value;
    },
    close: () => reader?.cancel().catch(() => {}) ?? Promise.resolve(),
  };
}

function unreachable(error: unknown, address: URL, asked: Asked, hub: Hub): HubError {
  // The query of an address at a host of files is a credential.
  const said = networkFault(error).replace(/\?[^\s)]*/g, "");
  const offline = address.origin === new URL(hub.endpoint).origin ? "; HF_HUB_OFFLINE=1 keeps to the cache" : "";
  return new HubError(`Cannot download ${askedText(asked)} as ${address.host} must answer: got ${said}${offline}`, {
    transient: true,
    cause: error,
  });
}

/**
 * Asks for JSON.
 *
 * @returns the value, and the address of the next page if there is one
 * @throws {HubError} if `send` throws it, or the answer is something else
 */
export async function getJson(
  url: string,
  asked: Asked,
  hub: Hub,
  attempts: number = ATTEMPTS,
): Promise<{ readonly value: unknown; readonly next: string | null }> {
  return await persist(
    async () => {
      const reply = await send({ url }, asked, hub);
      const text = await readText(reply, url, asked, hub);
      const next = nextLink(reply.response.headers.get("link"));
      try {
        return { value: parseJson(text, url), next };
      } catch {
        const start = JSON.stringify(shownReply(text.slice(0, 10_000), hub).slice(0, 40));
        throw unusableAnswer(asked, url, `JSON: got ${start}`);
      }
    },
    hub,
    { attempts },
  );
}

/** Error of an answer that no hub gives: HF_ENDPOINT is misspelt, or a login page of the network answers. */
export function unusableAnswer(asked: Asked, url: string, expected: string): HubError {
  return new HubError(
    `Cannot download ${askedText(asked)} as ${url} must answer with ${expected}; HF_ENDPOINT must be a hub's address`,
  );
}

async function readText(reply: Reply, url: string, asked: Asked, hub: Hub): Promise<string> {
  const [seconds, most] = [startStopwatch(), MOST_TIMEOUTS * hub.timeout];
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reply.read(); part !== null; part = await reply.read()) {
    bytes += part.length;
    if (bytes > MOST_JSON || seconds() > most) {
      await reply.close();
      throw unusableAnswer(asked, url, `at most ${MOST_JSON} bytes within ${most} s: got more`);
    }
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
