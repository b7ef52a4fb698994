type Scalar = string | number | boolean;

/** A condition on a value: a value, one of several, or comparisons that must all hold. */
export type RowCondition = Scalar | readonly Scalar[] | {
  readonly not?: Scalar | readonly Scalar[];
  readonly above?: string | number;
  readonly below?: string | number;
  readonly least?: string | number;
  readonly most?: string | number;
  readonly contains?: string;
  readonly known?: boolean;
};

/** Returns true if a value fits a condition. A text that spells a number is compared with numbers as that number. */
export function fitsCondition(value: unknown, condition: RowCondition): boolean {
  if (typeof condition !== "object") return equals(value, condition);
  if (isList(condition)) return condition.some((one) => equals(value, one));
  const { not, above, below, least, most, contains, known } = condition;
  const ordered = (bound: string | number | undefined, holds: (sign: number) => boolean) =>
    bound === undefined || holds(order(value, bound));
  return (not === undefined || !fitsCondition(value, not)) &&
    (known === undefined || known === isKnown(value)) &&
    ordered(above, (sign) => sign > 0) &&
    ordered(below, (sign) => sign < 0) &&
    ordered(least, (sign) => sign >= 0) &&
    ordered(most, (sign) => sign <= 0) &&
    (contains === undefined || hasPart(value, contains));
}

function isList(condition: object): condition is readonly Scalar[] {
  return Array.isArray(condition);
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function equals(value: unknown, wanted: Scalar): boolean {
  if (typeof wanted === "number") return numberOf(value) === wanted;
  if (typeof wanted === "boolean") return value === wanted || value === String(wanted);
  return value === wanted || typeof value === "number" && String(value) === wanted;
}

/** Sign of value − bound; NaN where the two have no order. Texts are ordered by their UTF-16 units. */
function order(value: unknown, bound: string | number): number {
  if (typeof bound === "number") return numberOf(value) - bound;
  return typeof value !== "string" ? NaN : value < bound ? -1 : value > bound ? 1 : 0;
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

function hasPart(value: unknown, part: string): boolean {
  return typeof value === "string" ? value.includes(part) : Array.isArray(value) && value.includes(part);
}
