/** Values of the names in `//@` lines. */
export type PreprocessorValues = Readonly<Record<string, number | boolean>>;

/**
 * Expands the lines of a shader that start with `//@`:
 * - `//@ if FLAG` … `//@ else` … `//@ end` keeps one part; the second may be missing. Choices between variants are made
 *   so, never by WGSL's own `if`, as a binding that a variant does not use is then none of its own.
 * - `//@ for NAME in COUNT` … `//@ end` repeats the lines between, with `$NAME` in them as 0, 1, …: naga guards every
 *   iteration of a loop at the price of many products, so that inner loops are unrolled in the text.
 * - `//@ define PART NAME…` … `//@ end` keeps the lines between for `//@ use PART: TEXT; …`, which stands for them with
 *   each `$NAME` replaced by a text. These may hold the `$NAME` of loops around the lines.
 *
 * @param source WGSL with such lines, nested at will
 * @param values of the names that stand for a COUNT or a FLAG
 * @throws {SyntaxError} if a block has no end, an end or else no block, a name no value, or a part another number of
 * texts
 */
export function preprocess(source: string, values: PreprocessorValues): string {
  if (!source.includes("//@")) return source;
  const lines = source.split("\n");
  const { text, next } = expand(lines, 0, { values, parts: new Map() });
  if (next !== lines.length) {
    throw new SyntaxError(`Cannot preprocess line ${next + 1} as it must end a block: got none`);
  }
  return text.join("\n");
}

const FOR = /^\s*\/\/@\s*for (\w+) in (\w+)\s*$/;
const IF = /^\s*\/\/@\s*if (\w+)\s*$/;
const ELSE = /^\s*\/\/@\s*else\s*$/;
const END = /^\s*\/\/@\s*end\s*$/;
const DEFINE = /^\s*\/\/@\s*define (\w+)((?: \w+)*)\s*$/;
const USE = /^\s*\/\/@\s*use (\w+): (.*)$/;

interface Context {
  readonly values: PreprocessorValues;
  readonly parts: Map<string, { readonly names: readonly string[]; readonly lines: readonly string[] }>;
}

/** The expansion of the lines from `start` to the else or end of their block, and the line of that. */
function expand(lines: readonly string[], start: number, context: Context): { text: string[]; next: number } {
  const text: string[] = [];
  let i = start;
  while (i < lines.length && !END.test(lines[i]) && !ELSE.test(lines[i])) {
    const define = DEFINE.exec(lines[i]);
    const use = USE.exec(lines[i]);
    if (define !== null) {
      const [, name, names] = define;
      const end = endOf(lines, i);
      context.parts.set(name, { names: names.split(" ").slice(1), lines: lines.slice(i + 1, end) });
      i = end + 1;
    } else if (use !== null) {
      text.push(...expand(linesOf(use[1], use[2].split(";"), context), 0, context).text);
      i++;
    } else if (FOR.test(lines[i]) || IF.test(lines[i])) {
      const block = expandBlock(lines, i, context);
      text.push(...block.text);
      i = block.next;
    } else text.push(lines[i++]);
  }
  return { text, next: i };
}

/** The expansion of the block that begins at a line, and the line after its end. */
function expandBlock(lines: readonly string[], start: number, context: Context): { text: string[]; next: number } {
  const repeat = FOR.exec(lines[start]);
  const body = expand(lines, start + 1, context);
  const hasElse = repeat === null && ELSE.test(lines[body.next] ?? "");
  const other = hasElse ? expand(lines, body.next + 1, context) : { text: [], next: body.next };
  if (!END.test(lines[other.next] ?? "")) throw missingEnd(start);
  const next = other.next + 1;
  if (repeat === null) {
    const [, flag] = IF.exec(lines[start])!;
    return { text: (valueOf(flag, context) ? body : other).text, next };
  }
  const [, name, count] = repeat;
  const times = /^\d+$/.test(count) ? Number(count) : Number(valueOf(count, context));
  const text = Array.from({ length: times }, (_, n) => body.text.map((line) => line.replaceAll(`$${name}`, String(n))));
  return { text: text.flat(), next };
}

/** The line that ends the block which begins at a line. */
function endOf(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    if ([FOR, IF, DEFINE].some((begin) => begin.test(lines[i]))) depth++;
    if (END.test(lines[i]) && --depth === 0) return i;
  }
  throw missingEnd(start);
}

/** The lines of a part with its texts in them. */
function linesOf(name: string, texts: readonly string[], { parts }: Context): string[] {
  const part = parts.get(name);
  if (part === undefined) {
    throw new SyntaxError(`Cannot preprocess as ${name} must be defined before: got no such part`);
  }
  if (texts.length !== part.names.length) {
    throw new SyntaxError(`Cannot preprocess as ${name} must have ${part.names.length} texts: got ${texts.length}`);
  }
  return part.lines.map((line) =>
    part.names.reduce((replaced, own, i) => replaced.replaceAll(`$${own}`, texts[i].trim()), line)
  );
}

function missingEnd(line: number): SyntaxError {
  return new SyntaxError(`Cannot preprocess line ${line + 1} as its block must have an end: got none`);
}

function valueOf(name: string, { values }: Context): number | boolean {
  if (!(name in values)) throw new SyntaxError(`Cannot preprocess as ${name} must have a value: got none`);
  return values[name];
}
