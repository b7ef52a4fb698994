/**
 * Units of a text: words, sentences, lines, turns, spans and slots of a template, each made of whole tokens; and sums
 * of an attribution over them.
 *
 * ```ts
 * import { aggregate, divide, parseDivision } from "./units.ts";
 *
 * const text = "Austin, Texas";
 * const tokens = [[0, 3], [3, 6], [6, 7], [7, 13]].map(([start, end]) => ({
 *   text: text.slice(start, end),
 *   start,
 *   end,
 *   frozen: false,
 * }));
 * const units = divide(text, tokens, parseDivision("words"));
 * const sums = aggregate([0.25, 0.5, 0.125, 1], null, units, { targets: 1, tokens: 4 });
 * console.log(units.map((unit) => unit.text), sums); // "Austin" 0.75, "," 0.125, " Texas" 1
 * ```
 *
 * @module
 */
export { divide } from "./src/units/divide.ts";
export { type Division, divisionText, parseDivision } from "./src/units/division.ts";
export { containingUnits, freeGroups, type NamedSpan, type Unit, type UnitToken } from "./src/units/unit.ts";
export { SEGMENT_KINDS, type SegmentKind, type Span } from "./src/units/text_segments.ts";
export { fillTemplate } from "./src/units/slots.ts";
export { aggregate } from "./src/units/aggregate.ts";
