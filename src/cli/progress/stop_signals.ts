import { writeLastWord } from "../write.ts";

/** Ends of a process that people and batch systems ask for, with their exit codes. */
const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143]] as const;

/**
 * Listens to Ctrl-C and SIGTERM, says a last word on standard error, and ends the process by the signal.
 *
 * @param lastWord clears what is drawn, and returns what to say
 * @param exit is told the exit code, if the process may not send signals
 */
export function onStopSignals(lastWord: () => string, exit: (code: number) => void): void {
  const stop = (signal: Deno.Signal, code: number) => {
    try {
      writeLastWord(lastWord());
    } catch {
      // Nobody reads it.
    }
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    if (Deno.permissions.querySync({ name: "run" }).state === "granted") Deno.kill(Deno.pid, signal);
    else exit(code);
  };
  const listeners = SIGNALS.flatMap(([signal, code]) => {
    const listener = () => stop(signal, code);
    try {
      Deno.addSignalListener(signal, listener);
      return [{ signal, listener }];
    } catch {
      // Windows has no SIGTERM.
      return [];
    }
  });
}
