/**
 * Repeats the lines between `//@ for NAME in COUNT` and `//@ end`, with `$NAME` in them as a literal. Shaders unroll
 * their inner loops this way since naga guards every iteration of a loop, at the price of several products.
 *
 * @param source WGSL with such lines, nested at will
 * @param counts values of the names that stand for a COUNT
 * @throws {SyntaxError} where a loop has no end, an end no loop, or a COUNT no value
 */
export function unroll(source: string, counts: Readonly<Record<string, number>>): string {
  const lines = source.split("\n");
  const end = lines.length;
  const { text, next } = block(lines, 0, counts);
  if (next !== end) throw new SyntaxError(`Cannot unroll line ${next + 1} as its end must have a loop: got none`);
  return text.join("\n");
}

const LOOP = /^\s*\/\/@\s*for (\w+) in (\w+)\s*$/;
const END = /^\s*\/\/@\s*end\s*$/;

/** The text from line `start` to the end of its block, and the line of that end. */
function block(lines: readonly string[], start: number, counts: Readonly<Record<string, number>>) {
  const text: string[] = [];
  let i = start;
  while (i < lines.length && !END.test(lines[i])) {
    const loop = LOOP.exec(lines[i]);
    if (loop === null) {
      text.push(lines[i++]);
      continue;
    }
    const [, name, count] = loop;
    const body = block(lines, i + 1, counts);
    if (body.next === lines.length) {
      throw new SyntaxError(`Cannot unroll line ${i + 1} as its loop must have an end: got none`);
    }
    for (let value = 0; value < countOf(count, counts); value++) {
      text.push(...body.text.map((line) => line.replaceAll(`$${name}`, String(value))));
    }
    i = body.next + 1;
  }
  return { text, next: i };
}

function countOf(count: string, counts: Readonly<Record<string, number>>): number {
  const value = /^\d+$/.test(count) ? Number(count) : counts[count];
  if (value === undefined) throw new SyntaxError(`Cannot unroll as ${count} must have a value: got none`);
  return value;
}
