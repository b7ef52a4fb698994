import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "npm:yaml@2";

/** A place in a YAML file, line and column from 1. */
interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the place of the value at a path in a YAML document, or of its key if `key` is set; the nearest place around
 * it if the path leads to nothing.
 */
export function positionOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
  key = false,
): SourcePosition {
  let node = resolveNode(document, document.contents);
  let offset = node?.range?.[0] ?? 0;
  path.forEach((step, depth) => {
    const found = childOf(document, node, step);
    node = found.node;
    const wanted = key && depth === path.length - 1 ? found.key : found.value;
    offset = wanted ?? offset;
  });
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

interface Child {
  readonly node: Node | null;
  readonly key: number | null;
  readonly value: number | null;
}

function childOf(document: Document, parent: Node | null, step: PropertyKey): Child {
  if (isSeq(parent) && typeof step === "number") {
    const item = parent.items[step] as Node | undefined;
    const start = item?.range?.[0] ?? null;
    return { node: resolveNode(document, item), key: start, value: start };
  }
  // One value stands for a list of one.
  if (isMap(parent) && typeof step === "number" && !parent.has(String(step))) {
    const start = parent.range?.[0] ?? null;
    return { node: parent, key: start, value: start };
  }
  if (!isMap(parent)) return { node: null, key: null, value: null };
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step)) as
    | Pair<Node, Node | null>
    | undefined;
  const key = pair?.key.range?.[0] ?? null;
  return { node: resolveNode(document, pair?.value), key, value: pair?.value?.range?.[0] ?? key };
}

function resolveNode(document: Document, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null;
  return (node ?? null) as Node | null;
}
