/** Options of sbatch that the script of an array has by itself. */
const OWN = /^(?:--array(?:=|$)|-a|--wrap(?:=|$)|--parsable$)/;

/**
 * Divides a line of options as a shell does, by blanks outside of quotes and backslashes: `--time=8:00:00 -p gpu`.
 *
 * @throws {RangeError} if it begins with none, a quote is open, a character is none of a line, or an option is the
 * array's own
 */
export function sbatchWords(line: string): string[] {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) throw refusal("one line of plain characters", line);
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (quote === "" && /[ \t]/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === quote) {
      quote = "";
    } else if (quote === "" && (char === "'" || char === '"')) {
      [quote, word] = [char, word ?? ""];
    } else if (char === "\\" && quote !== "'") {
      if (++i === line.length) throw refusal("complete", line);
      word = (word ?? "") + line[i];
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") throw refusal(`closed by ${quote}`, line);
  if (word !== null) words.push(word);
  if (!words[0]?.startsWith("-")) throw refusal("options of sbatch, as --partition=gpu", line);
  const own = words.find((one) => OWN.test(one));
  if (own !== undefined) throw refusal("without what --slurm itself gives", own);
  return words;
}

/** Writes a line of a script that gives sbatch some options. */
export function sbatchLine(words: readonly string[]): string {
  return `#SBATCH ${words.map(sbatchWord).join(" ")}`;
}

/** Quotes as sbatch reads its lines: a backslash takes the next character as it is. */
function sbatchWord(word: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`;
}

function refusal(wanted: string, got: string): RangeError {
  return new RangeError(`Cannot give sbatch its options as they must be ${wanted}: got ${JSON.stringify(got)}`);
}
