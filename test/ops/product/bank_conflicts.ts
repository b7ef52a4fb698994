/** Threads whose accesses of 16 bytes workgroup memory serves at once: together they want all 32 banks of 4 bytes. */
const AT_ONCE = 8;

type Values = Record<string, bigint | ((...args: bigint[]) => bigint)>;

/**
 * Counts how often the busiest bank serves threads that access an array of vec4f in workgroup memory at once, by the
 * index formulas of a kernel's text: 1 is without conflicts.
 *
 * @returns of each access, as text, the most for any of the threads `t` and any value of the variable `four`
 */
export function bankConflicts(code: string): Map<string, number> {
  const values = declarations(code);
  const sizes = new Map(
    [...code.matchAll(/var<workgroup> (\w+): array<vec4f, ([^>]+)>/g)].map(([, name, size]) =>
      [name, evaluate(size, values)] as const
    ),
  );
  const lets = [...code.matchAll(/^ +let (\w+) = ([^;[\].<>=]+);/gm)];
  const counts = new Map<string, number>();
  for (let four = 0n; four < (values.FOURS as bigint); four++) {
    const threads = Array.from({ length: Number(values.THREADS) }, (_, t) => locals(lets, values, BigInt(t), four));
    for (const [access, name, index] of code.matchAll(/\b(\w+)\[([^\]]+)\]/g)) {
      const size = sizes.get(name);
      if (size === undefined) continue;
      const places = threads.map((known) => evaluate(index, known));
      counts.set(access, Math.max(counts.get(access) ?? 0, busiest(places, size)));
    }
  }
  return counts;
}

/** Constants of a module, and its functions of one expression. */
function declarations(code: string): Values {
  const values: Values = {};
  for (const [, name, text] of code.matchAll(/^const (\w+): u32 = ([^;]+);/gm)) values[name] = evaluate(text, values);
  for (const [, name, list, text] of code.matchAll(/^fn (\w+)\(([^)]*)\) -> u32 \{\s+return ([^;]+);\s+\}/gm)) {
    const names = [...list.matchAll(/(\w+): u32/g)].map(([, parameter]) => parameter);
    values[name] = (...args) =>
      evaluate(text, { ...values, ...Object.fromEntries(names.map((one, i) => [one, args[i]])) });
  }
  values.min = (a, b) => a < b ? a : b;
  values.max = (a, b) => a > b ? a : b;
  return values;
}

const compiled = new Map<string, (values: Values) => bigint>();

/** The value of an expression of u32. */
function evaluate(text: string, values: Values): bigint {
  let value = compiled.get(text);
  if (value === undefined) {
    // Integers of WGSL divide as those of BigInt do.
    const body = text.replaceAll(/\b(\d+)u?\b/g, "$1n").replaceAll(/\b[A-Za-z_]\w*/g, "values.$&");
    compiled.set(text, value = new Function("values", `return ${body};`) as (values: Values) => bigint);
  }
  return value(values);
}

/** Most accesses of one bank by threads that are served together. */
function busiest(places: readonly bigint[], size: bigint): number {
  let most = 0;
  for (let first = 0; first < places.length; first += AT_ONCE) {
    // Threads that access one place are served at once, and those beyond the array do nothing.
    const own = new Set(places.slice(first, first + AT_ONCE).filter((place) => place < size));
    const banks = Map.groupBy(own, (place) => place % BigInt(AT_ONCE));
    most = Math.max(most, ...[...banks.values()].map((group) => group.length));
  }
  return most;
}

/** A thread's variables, as far as they follow from its number. */
function locals(lets: readonly RegExpExecArray[], values: Values, t: bigint, four: bigint): Values {
  const known: Values = { ...values, t, four };
  for (const [, name, text] of lets) {
    const words = text.match(/\b[A-Za-z_]\w*/g) ?? [];
    if (words.every((word) => word in known)) known[name] = evaluate(text, known);
  }
  return known;
}
