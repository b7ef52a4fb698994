/** Glyphs and widths of a TrueType font. */
export interface FontMetrics {
  /** True if the font has a glyph for the character. */
  has(codePoint: number): boolean;
  /** Advance width of a text in em, kerning left out; characters without a glyph count as one em. */
  width(text: string): number;
}

/**
 * Reads advance widths and the character map of a TrueType file (OpenType specification: head, hhea, hmtx and cmap
 * formats 4 and 12).
 *
 * @throws {SyntaxError} if a table is missing
 */
export function parseTrueType(bytes: Uint8Array): FontMetrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = tableOffsets(view);
  const unitsPerEm = view.getUint16(tables("head") + 18);
  const advances = readAdvances(view, tables("hmtx"), view.getUint16(tables("hhea") + 34));
  const glyphOf = characterMap(view, tables("cmap"));
  const advance = (codePoint: number) => {
    const glyph = glyphOf(codePoint);
    return glyph === 0 ? unitsPerEm : advances[Math.min(glyph, advances.length - 1)];
  };
  return {
    has: (codePoint) => glyphOf(codePoint) !== 0,
    width: (text) => Array.from(text).reduce((sum, c) => sum + advance(c.codePointAt(0)!), 0) / unitsPerEm,
  };
}

function tableOffsets(view: DataView): (tag: string) => number {
  const offsets = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const entry = 12 + 16 * i;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(entry + byte)));
    offsets.set(tag, view.getUint32(entry + 8));
  }
  return (tag) => {
    const offset = offsets.get(tag);
    if (offset === undefined) throw new SyntaxError(`Cannot read the font as its table ${tag} must be there: got none`);
    return offset;
  };
}

function readAdvances(view: DataView, start: number, count: number): Uint16Array {
  return Uint16Array.from({ length: count }, (_, glyph) => view.getUint16(start + 4 * glyph));
}

function characterMap(view: DataView, start: number): (codePoint: number) => number {
  let best: ((codePoint: number) => number) | null = null;
  for (let i = 0; i < view.getUint16(start + 2); i++) {
    const subtable = start + view.getUint32(start + 4 + 8 * i + 4);
    const format = view.getUint16(subtable);
    if (format === 12) return segmentedCoverage(view, subtable);
    if (format === 4) best ??= segmentMapping(view, subtable);
  }
  if (!best) throw new SyntaxError("Cannot read the font as its cmap must have format 4 or 12: got neither");
  return best;
}

/** Format 12: groups of (first character, last character, first glyph). */
function segmentedCoverage(view: DataView, start: number): (codePoint: number) => number {
  const groups = view.getUint32(start + 12);
  return (codePoint) => {
    for (let low = 0, high = groups - 1; low <= high;) {
      const middle = (low + high) >> 1;
      const group = start + 16 + 12 * middle;
      if (codePoint < view.getUint32(group)) high = middle - 1;
      else if (codePoint > view.getUint32(group + 4)) low = middle + 1;
      else return view.getUint32(group + 8) + codePoint - view.getUint32(group);
    }
    return 0;
  };
}

/** Format 4: parallel arrays of segment ends, starts, deltas and offsets into a glyph array. */
function segmentMapping(view: DataView, start: number): (codePoint: number) => number {
  const size = view.getUint16(start + 6);
  const [ends, starts, deltas, offsets] = [14, 16 + size, 16 + 2 * size, 16 + 3 * size].map((at) => start + at);
  return (codePoint) => {
    for (let at = 0; at < size; at += 2) {
      if (codePoint > view.getUint16(ends + at)) continue;
      const first = view.getUint16(starts + at);
      if (codePoint < first) return 0;
      const delta = view.getUint16(deltas + at);
      const offset = view.getUint16(offsets + at);
      if (offset === 0) return (codePoint + delta) & 0xffff;
      const glyph = view.getUint16(offsets + at + offset + 2 * (codePoint - first));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
