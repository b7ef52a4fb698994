import { statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { shownText } from "../../files/shown_value.ts";
import { readIfThere } from "../../files/text_file.ts";

/** Settings of the hub and its cache, from the same environment variables that Python's huggingface_hub reads. */
export interface HubSettings {
  /** Address of the hub or a mirror, without a slash at its end. */
  readonly endpoint: string;
  /** Directory of the `models--organization--name` folders. */
  readonly cache: string;
  readonly token: string | null;
  /** Origin of the token, for messages, which never show the token. */
  readonly tokenSource: string;
  /** True if the network is not used. */
  readonly offline: boolean;
  /** True if snapshots hold links to blobs, as far as the system allows it. */
  readonly symlinks: boolean;
  /** Seconds without a byte after which a connection counts as broken. */
  readonly timeout: number;
  /** Waits some seconds before the next attempt. */
  wait(seconds: number): Promise<void>;
  /** Returns the bytes that may still be written below a directory; null if the system does not say. */
  freeBytes(directory: string): Promise<number | null>;
}

/** Listeners of a download. */
export interface HubHooks {
  /** Called with the progress of each file. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Called with a sentence that the user may want to know. */
  readonly onHint?: (sentence: string) => void;
}

/** Progress of the download of one file. */
export interface DownloadProgress {
  /** Name of the model, as it was given. */
  readonly model: string;
  /** Path in the repository. */
  readonly file: string;
  /** Bytes on the disk, those of an earlier attempt included. */
  readonly bytes: number;
  /** Bytes of the whole file; null if the hub does not say. */
  readonly total: number | null;
  /** `waiting` for its turn; `verifying`: all is there and is hashed; `done`: it may be used. */
  readonly state: "waiting" | "downloading" | "verifying" | "done";
}

/** Settings and hooks, and the signal that ends the other downloads of a model when one has failed. */
export type Hub = HubSettings & HubHooks & { readonly signal?: AbortSignal };

/** Seconds; huggingface_hub's default. */
const TIMEOUT = 10;
/** Seconds that a timer counts: 2^31 ms, less than a month. */
const MOST_SECONDS = 2_000_000;

/**
 * Reads the settings in the environment.
 *
 * @param env returns a variable's value
 * @throws {RangeError} if a variable has a value of no use
 * @throws {Error} if no home is named
 */
export function hubSettings(env: (name: string) => string | undefined = (name) => Deno.env.get(name)): HubSettings {
  const given = (...names: string[]) => names.map(env).find((value) => value !== undefined && value !== "");
  const on = (...names: string[]) => /^(1|on|yes|true)$/i.test(given(...names) ?? "");
  const path = (text: string) => resolve(expand(text, env));
  const home = () => {
    const named = given("HF_HOME");
    return path(named ?? join(given("XDG_CACHE_HOME") ?? "~/.cache", "huggingface"));
  };
  const cache = given("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
  return {
    endpoint: endpointOf(given("HF_ENDPOINT") ?? "https://huggingface.co"),
    cache: cache === undefined ? join(home(), "hub") : path(cache),
    ...tokenOf(given, on, () => path(given("HF_TOKEN_PATH") ?? join(home(), "token"))),
    offline: on("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
    symlinks: !on("HF_HUB_DISABLE_SYMLINKS"),
    timeout: secondsOf("HF_HUB_DOWNLOAD_TIMEOUT", given("HF_HUB_DOWNLOAD_TIMEOUT")),
    wait: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
    freeBytes,
  };
}

/** Expands `~` and `$NAME` as Python's expanduser and expandvars do. */
function expand(text: string, env: (name: string) => string | undefined): string {
  const filled = text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare, braced) => env(bare ?? braced) ?? all);
  if (!/^~(?=$|[/\\])/.test(filled)) return filled;
  const home = env("HOME") || env("USERPROFILE");
  if (!home) throw new Error(`Cannot find ${text} as HF_HOME, HF_HUB_CACHE or HOME must be set: got none`);
  return home + filled.slice(1);
}

function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(
      `Cannot use HF_ENDPOINT as it must be an http or https address: got ${text.replace(/^.*@/s, "…@")}`,
    );
  }
  return text.replace(/\/+$/, "");
}

function secondsOf(name: string, text: string | undefined): number {
  const seconds = Number(text ?? TIMEOUT);
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new RangeError(
    `Cannot use ${name} as it must be a number of seconds above 0, at most ${MOST_SECONDS}: got ${shownText(text!)}`,
  );
}

function tokenOf(
  given: (...names: string[]) => string | undefined,
  on: (name: string) => boolean,
  tokenPath: () => string,
): Pick<HubSettings, "token" | "tokenSource"> {
  const variable = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].find((name) => given(name) !== undefined);
  if (on("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return { token: null, tokenSource: "none" };
  const tokenSource = variable ?? tokenPath();
  const token = (variable === undefined ? readIfThere(tokenSource) : given(variable)!)?.trim();
  if (token && !/^[\x21-\x7e]+$/.test(token)) {
    throw new RangeError(`Cannot use the token of ${tokenSource} as it must be one word of ASCII characters`);
  }
  return { token: token || null, tokenSource };
}

async function freeBytes(directory: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    // Some file systems do not say; a full disk is then seen when it is full.
    return null;
  }
}
