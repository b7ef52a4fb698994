import { Finding, type FuzzArea, type FuzzInput } from "./area.ts";

/** Names of the errors that are ours to throw. */
const NAMES = ["SyntaxError", "TypeError", "RangeError", "Error", "NotFound", "HubError", "ConfigError"];

/** Words of the engine, and of values that were printed in place of what they say. A name in Jinja "is undefined". */
const ENGINE = new RegExp(
  [
    "Cannot (?:read|set) propert|is not a function|(?<!' object )is not iterable|is not defined|is not a constructor|reading '",
    "Invalid (?:array|string|typed array) length|Array buffer allocation|out of memory|call stack|circular structure",
    "Cannot convert|Cannot mix BigInt|\\[object |outside the bounds|must be called with|is not an Object",
    "(?<! is )\\bundefined\\b|precision is out|Invalid time value|invalid (?:utf-8|digit)|panicked|unwrap|os error",
  ].join("|"),
);

/** Characters of a line of a message, in which a value of any size may be shown, and lines. */
const LONGEST = 5000;
const MOST_LINES = 110;

/** Beginning of a line about an experiment's file or rows of prompts, or the end of a list that is cut. */
const PLACED =
  /^(?:\S*\/)?(?:experiment\.yaml(?::\d+:\d+)?|rows\.[a-z.]+(?::\d+)?): \S|^experiment\.yaml: and more mistakes$|^and \d+ more$/;

/** Feeds an input. Returns `taken` or `refused`; throws a `Finding` if the program is at fault. */
export async function tryInput(
  area: FuzzArea,
  directory: string,
  input: FuzzInput,
): Promise<"taken" | "refused"> {
  try {
    await area.feed(directory, input);
    return "taken";
  } catch (error) {
    if (error instanceof Finding) throw error;
    const fault = faultOf(error, [directory, ...area.subjects]);
    if (fault !== null) throw new Finding(`${fault}: ${shown(error)}`, { cause: error });
    if (input.sound) throw new Finding(`refused though it is sound: ${shown(error)}`, { cause: error });
    return "refused";
  }
}

/** Finds what is wrong with an error of the program, or null. */
function faultOf(error: unknown, subjects: readonly string[]): string | null {
  if (!(error instanceof Error)) return "threw no Error";
  const { name, message } = error;
  if (!NAMES.includes(name)) return `threw ${name}`;
  const lines = name === "ConfigError" ? message.split("\n") : [message];
  const isOurs = (line: string) => name === "ConfigError" ? PLACED.test(line) : line.startsWith("Cannot ");
  const engine = ENGINE.exec(message);
  if (engine !== null) return `an error with the engine's words "${engine[0]}"`;
  if (!lines.every(isOurs)) return "an error that is no sentence of ours";
  const longest = Math.max(...lines.map(({ length }) => length));
  if (longest > LONGEST || lines.length > MOST_LINES) return `an error of ${lines.length} lines, up to ${longest} long`;
  return subjects.some((subject) => message.includes(subject)) ? null : "an error that names nothing";
}

/** Returns the start of an error, with its first places in the code if it is none of ours. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 300);
  const places = error.message.startsWith("Cannot ") ? [] : (error.stack ?? "").split("\n").slice(1, 5);
  return [`${error.name}: ${error.message.slice(0, 600)}`, ...places].join("\n");
}
