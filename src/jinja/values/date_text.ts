import { missing } from "../template_error.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAY_MS = 86_400_000;
const DIRECTIVE = /%([-_0^#]?)(.?)/gsu;

/** A field of a date: a text, or a number with its width and the character that fills it up. */
type Field = string | readonly [value: number, width: number, fill?: string];

/**
 * Writes a date as Python's `strftime` in the C locale, whatever the machine's, in the machine's time zone.
 *
 * @throws {TemplateError} if a directive is not known
 */
export function dateText(pattern: string, date: Date): string {
  return pattern.replace(DIRECTIVE, (whole, flag: string, letter: string) => {
    const composed = COMPOSED[letter];
    if (composed !== undefined && flag === "") return dateText(composed, date);
    const field = FIELDS[letter]?.(date);
    if (field === undefined) throw missing(`the directive ${whole} of strftime_now`);
    return flagged(field, flag, whole);
  });
}

const FIELDS: Readonly<Record<string, (date: Date) => Field>> = {
  "%": () => "%",
  A: (date) => DAYS[date.getDay()],
  a: (date) => DAYS[date.getDay()].slice(0, 3),
  B: (date) => MONTHS[date.getMonth()],
  b: (date) => MONTHS[date.getMonth()].slice(0, 3),
  C: (date) => [Math.floor(date.getFullYear() / 100), 2],
  d: (date) => [date.getDate(), 2],
  e: (date) => [date.getDate(), 2, " "],
  f: (date) => String(date.getMilliseconds() * 1000).padStart(6, "0"),
  G: (date) => [isoWeek(date)[0], 4],
  g: (date) => [isoWeek(date)[0] % 100, 2],
  H: (date) => [date.getHours(), 2],
  h: (date) => MONTHS[date.getMonth()].slice(0, 3),
  I: (date) => [hourOfTwelve(date), 2],
  j: (date) => [dayOfYear(date) + 1, 3],
  k: (date) => [date.getHours(), 2, " "],
  l: (date) => [hourOfTwelve(date), 2, " "],
  M: (date) => [date.getMinutes(), 2],
  m: (date) => [date.getMonth() + 1, 2],
  n: () => "\n",
  P: (date) => date.getHours() < 12 ? "am" : "pm",
  p: (date) => date.getHours() < 12 ? "AM" : "PM",
  S: (date) => [date.getSeconds(), 2],
  t: () => "\t",
  U: (date) => [Math.floor((dayOfYear(date) + 7 - date.getDay()) / 7), 2],
  u: (date) => [date.getDay() || 7, 1],
  V: (date) => [isoWeek(date)[1], 2],
  W: (date) => [Math.floor((dayOfYear(date) + 7 - (date.getDay() + 6) % 7) / 7), 2],
  w: (date) => [date.getDay(), 1],
  Y: (date) => [date.getFullYear(), 1],
  y: (date) => [date.getFullYear() % 100, 2],
  // A date without a time zone has neither name nor offset.
  Z: () => "",
  z: () => "",
};

const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  r: "%I:%M:%S %p",
  T: "%H:%M:%S",
  X: "%H:%M:%S",
  x: "%m/%d/%y",
};

/** Applies a flag of glibc's. */
function flagged(field: Field, flag: string, whole: string): string {
  if (typeof field === "string") {
    if (flag === "^") return field.toUpperCase();
    if (flag === "") return field;
    throw missing(`the directive ${whole} of strftime_now`);
  }
  const [value, width, fill = "0"] = field;
  if (flag === "-") return String(value);
  return String(value).padStart(width, flag === "_" ? " " : flag === "0" ? "0" : fill);
}

function hourOfTwelve(date: Date): number {
  return date.getHours() % 12 || 12;
}

/** Counts days from January 1st, which is 0, whatever the clock was set to in between. */
function dayOfYear(date: Date): number {
  return Math.round((utcDay(date) - Date.UTC(date.getFullYear(), 0, 1)) / DAY_MS);
}

function utcDay(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

/** Finds the ISO 8601 week: that of the year in which its Thursday lies. */
function isoWeek(date: Date): [year: number, week: number] {
  const thursday = new Date(utcDay(date) + (4 - (date.getDay() || 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  return [year, Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1];
}
