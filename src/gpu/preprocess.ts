/** Values of the names in `//@` lines. */
export type PreprocessorValues = Readonly<Record<string, number | boolean>>;

/**
 * Expands the lines of a shader that start with `//@`:
 * - `//@ if FLAG` … `//@ else` … `//@ end` keeps one part; the second may be missing. Choices between variants are made
 *   so, never by WGSL's own `if`, as a binding that a variant does not use is then none of its own.
 * - `//@ for NAME in COUNT` … `//@ end` repeats the lines between, with `$NAME` in them as 0, 1, …: naga guards every
 *   iteration of a loop at the price of many products, so that inner loops are unrolled in the text.
 *
 * @param source WGSL with such lines, nested at will
 * @param values of the names that stand for a COUNT or a FLAG
 * @throws {SyntaxError} if a block has no end, an end or else no block, or a name no value
 */
export function preprocess(source: string, values: PreprocessorValues): string {
  if (!source.includes("//@")) return source;
  const lines = source.split("\n");
  const { text, next } = part(lines, 0, values);
  if (next !== lines.length) {
    throw new SyntaxError(`Cannot preprocess line ${next + 1} as it must end a block: got none`);
  }
  return text.join("\n");
}

const FOR = /^\s*\/\/@\s*for (\w+) in (\w+)\s*$/;
const IF = /^\s*\/\/@\s*if (\w+)\s*$/;
const ELSE = /^\s*\/\/@\s*else\s*$/;
const END = /^\s*\/\/@\s*end\s*$/;

/** The expansion of the lines from `start` to the else or end of their block, and the line of that. */
function part(lines: readonly string[], start: number, values: PreprocessorValues) {
  const text: string[] = [];
  let i = start;
  while (i < lines.length && !END.test(lines[i]) && !ELSE.test(lines[i])) {
    const repeat = FOR.exec(lines[i]);
    const condition = IF.exec(lines[i]);
    if (repeat === null && condition === null) {
      text.push(lines[i++]);
      continue;
    }
    const body = part(lines, i + 1, values);
    const hasElse = condition !== null && ELSE.test(lines[body.next] ?? "");
    const other = hasElse ? part(lines, body.next + 1, values) : { text: [], next: body.next };
    if (!END.test(lines[other.next] ?? "")) {
      throw new SyntaxError(`Cannot preprocess line ${i + 1} as its block must have an end: got none`);
    }
    if (repeat !== null) {
      const [, name, count] = repeat;
      const times = /^\d+$/.test(count) ? Number(count) : Number(valueOf(count, values));
      for (let n = 0; n < times; n++) text.push(...body.text.map((line) => line.replaceAll(`$${name}`, String(n))));
    } else {
      text.push(...(valueOf(condition![1], values) ? body : other).text);
    }
    i = other.next + 1;
  }
  return { text, next: i };
}

function valueOf(name: string, values: PreprocessorValues): number | boolean {
  if (!(name in values)) throw new SyntaxError(`Cannot preprocess as ${name} must have a value: got none`);
  return values[name];
}
