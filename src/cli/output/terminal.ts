/** A stream of the process that may be a terminal. */
interface Stream {
  isTerminal(): boolean;
}

/** Columns of the terminal that standard output is; undefined if it is none. */
export function terminalWidth(): number | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  // A terminal that does not tell has none.
  return Deno.consoleSize().columns || undefined;
}

/** Layout of a table on standard output. */
export function terminalTable(): { readonly width: number | undefined; readonly color: boolean } {
  return { width: terminalWidth(), color: hasColors(Deno.stdout) };
}

/**
 * Returns true if a stream is to have colours: a terminal, unless NO_COLOR is set; FORCE_COLOR overrules both, 0 of it
 * turns them off.
 */
export function hasColors(stream: Stream): boolean {
  const force = environment("FORCE_COLOR");
  if (force) return force !== "0" && force !== "false";
  if (environment("NO_COLOR")) return false;
  return stream.isTerminal() && environment("TERM") !== "dumb";
}

/** Value of a variable that may be read. */
function environment(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
