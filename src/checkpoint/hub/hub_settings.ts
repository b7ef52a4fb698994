import { statfs } from "node:fs/promises";
import { join, resolve } from "node:path";

/** How the hub is reached and where its files are kept: what Python's huggingface_hub reads from the environment, too. */
export interface HubSettings {
  /** Address of the hub or a mirror, without a slash at its end. */
  readonly endpoint: string;
  /** The directory of `models--organization--name` folders. */
  readonly cache: string;
  readonly token: string | null;
  /** Where the token is from, for messages: they never show the token. */
  readonly tokenSource: string;
  /** Nothing is asked of the network. */
  readonly offline: boolean;
  /** Snapshots hold links to blobs, as they do where the system allows it. */
  readonly symlinks: boolean;
  /** Seconds without a byte after which a connection counts as broken. */
  readonly timeout: number;
  /** Waits some seconds before the next attempt. */
  wait(seconds: number): Promise<void>;
  /** Bytes that may still be written below a directory; null where the system does not say. */
  freeBytes(directory: string): Promise<number | null>;
}

/** What a download tells while it runs. */
export interface HubHooks {
  /** Is told how far each file is. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Is told, in a sentence, what the user may want to know. */
  readonly onHint?: (sentence: string) => void;
}

/** How far the download of one file is. */
export interface DownloadProgress {
  /** The model, as it was named. */
  readonly model: string;
  /** Path in the repository. */
  readonly file: string;
  /** Bytes on the disk, those of an earlier attempt included. */
  readonly bytes: number;
  /** Bytes of the whole file; null where the hub does not say. */
  readonly total: number | null;
  /** `waiting` for its turn; `verifying`: all is there and is hashed; `done`: it may be used. */
  readonly state: "waiting" | "downloading" | "verifying" | "done";
}

/** Settings and hooks, and what ends the other downloads of a model when one has failed. */
export type Hub = HubSettings & HubHooks & { readonly signal?: AbortSignal };

/** Seconds; huggingface_hub's default. */
const TIMEOUT = 10;

/**
 * The settings in the environment.
 *
 * @param env gives a variable's value
 * @throws {RangeError} where a variable has no use, {Error} where no home is named
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

/** `~` and `$NAME` as Python's expanduser and expandvars take them. */
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
    throw new RangeError(`Cannot use HF_ENDPOINT as it must be an http or https address: got ${text}`);
  }
  return text.replace(/\/+$/, "");
}

function secondsOf(name: string, text: string | undefined): number {
  const seconds = Number(text ?? TIMEOUT);
  if (!(seconds > 0)) throw new RangeError(`Cannot use ${name} as it must be a number of seconds above 0: got ${text}`);
  return seconds;
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

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
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
