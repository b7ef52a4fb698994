import { shownText } from "./shown_value.ts";

/** Conditions that failed, with what was found, by the system's code. */
const REASONS: ReadonlyMap<string, readonly [must: string, got: string]> = new Map([
  ["ENOENT", ["it must exist", "nothing"]],
  ["EACCES", ["the system must allow it", "no permission"]],
  ["EPERM", ["the system must allow it", "no permission"]],
  ["EROFS", ["its file system must be writable", "a read-only one"]],
  ["ENOSPC", ["its disk must have room", "a full one"]],
  ["EDQUOT", ["its user must have room on the disk", "a full quota"]],
  ["EFBIG", ["its file system must have room for files of that size", "none"]],
  ["ENAMETOOLONG", ["its name must be one that the file system has room for", "a longer one"]],
  ["EISDIR", ["it must be a file", "a directory"]],
  ["ENOTDIR", ["what it lies in must be a directory", "a file"]],
  ["EEXIST", ["nothing else may be there", "a file"]],
  ["ENOTEMPTY", ["nothing else may be there", "files"]],
  ["ELOOP", ["its links must lead to something", "links in a circle"]],
  ["EMFILE", ["the process must be allowed another open file", "too many"]],
  ["ENFILE", ["the system must have room for another open file", "too many"]],
  ["EIO", ["its disk must work", "an error of the disk"]],
  ["EBUSY", ["nobody else may hold it", "a busy one"]],
  ["ETXTBSY", ["nobody else may hold it", "a busy one"]],
  ["EXDEV", ["both places must be on one disk", "two"]],
  ["EPIPE", ["whoever reads it must stay", "a closed pipe"]],
  ["ESTALE", ["its server must still have it", "a stale handle"]],
]);

/** Verbs by the operation that an error of the runtime names. */
const VERBS: Readonly<Record<string, string>> = {
  write: "write",
  writefile: "write",
  mkdir: "make",
  rename: "rename",
  remove: "remove",
  symlink: "link",
};

/** End of a message of the runtime: the operation and its paths. */
const PLACE = /: ([a-z]+) '([\s\S]*)'$/;

/** The operation of an error that does not name it. */
interface Doing {
  readonly verb: "read" | "write";
  readonly path: string;
}

/**
 * Says in words what the system refused, as "Cannot write results.csv as its disk must have room: got a full one"; null
 * for any other error.
 *
 * @param doing the operation, if the error does not name it
 */
export function systemErrorText(error: unknown, doing?: Doing): string | null {
  const code = codeOf(error);
  if (code === null || !(error instanceof Error) || error.message.startsWith("Cannot ")) return null;
  const [, operation, named] = PLACE.exec(error.message) ?? [];
  const path = named ?? doing?.path;
  const [verb, what] = [VERBS[operation] ?? doing?.verb ?? "read", path === undefined ? "a file" : shownPath(path)];
  if (code === "EINVAL" && path?.includes("\0")) {
    return `Cannot ${verb} ${what} as a name of a file must have no NUL: got one`;
  }
  const [must, got] = REASONS.get(code) ?? ["the system must allow it", code];
  return `Cannot ${verb} ${what} as ${must}: got ${got}`;
}

/** Returns what an error says: in our words if it is the system's. */
export function errorText(error: unknown): string {
  return systemErrorText(error) ?? (error instanceof Error ? error.message : String(error));
}

/** Puts an error of the system into words, in place, so that it stays of its class. Returns it. */
export function inWords(error: unknown, doing?: Doing): unknown {
  const text = systemErrorText(error, doing);
  if (text !== null) Object.defineProperty(error, "message", { value: text, writable: true, configurable: true });
  return error;
}

/** Waits for work on files; an error of the system that names its file says what was wrong. */
export async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(error);
  }
}

/** Works on a file; an error of the system names it and says what was wrong. */
export function onFile<T>(verb: Doing["verb"], path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inWords(error, { verb, path });
  }
}

/** Codes that the runtime leaves out, by the number in its message; Linux and macOS share it. */
const UNNAMED: ReadonlyMap<string, string> = new Map([["27", "EFBIG"]]);

function codeOf(error: unknown): string | null {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code === "string") return /^E[A-Z0-9]+$/.test(code) ? code : null;
  return UNNAMED.get(/\(os error (\d+)\)/.exec(String(message))?.[1] ?? "") ?? null;
}

/** Shows a name that may be empty, long, or have control characters. */
function shownPath(path: string): string {
  if (path === "") return '""';
  return path.split("' -> '").map(shownName).join(" to ");
}

function shownName(path: string): string {
  // deno-lint-ignore no-control-regex -- they are what a message cannot show
  return shownText(path.replace(/[\x00-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1)));
}
