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

/** Columns of a help that goes into a file or another program, and most of one on a terminal. */
const [PLAIN_COLUMNS, MOST_COLUMNS] = [80, 100];

/** Columns of a help on standard output: those of COLUMNS, else of the terminal, if these are not too many to read. */
export function helpWidth(): number {
  const told = Number(environment("COLUMNS"));
  const wanted = Number.isInteger(told) && told > 0 ? told : terminalWidth() ?? PLAIN_COLUMNS;
  return Math.min(wanted, Deno.stdout.isTerminal() ? MOST_COLUMNS : PLAIN_COLUMNS);
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
