/** Digits of a number in a header: more is no length of anything, and no time. */
const NUMBER = /^\d{1,15}$/;
/** Longest wait in seconds that is told: a day. */
const LONGEST = 24 * 3600;

/** Reads a number of bytes; null for anything else. */
export function byteCount(text: string | null): number | null {
  return text !== null && NUMBER.test(text) ? Number(text) : null;
}

/**
 * Reads the seconds that a limiting server asks for: `Retry-After` as seconds or a date, or the hub's
 * `RateLimit: "api";r=0;t=55`, which says that no requests are left.
 */
export function retrySeconds(headers: Headers): number | null {
  for (const policy of (headers.get("ratelimit") ?? "").split(",")) {
    const values = new Map(policy.split(";").map((part) => parameter(part)));
    if (values.get("r") === "0" && NUMBER.test(values.get("t") ?? "")) {
      return Math.min(LONGEST, Number(values.get("t")));
    }
  }
  const text = headers.get("retry-after");
  if (text === null) return null;
  const seconds = NUMBER.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(LONGEST, Math.max(0, Math.ceil(seconds)));
}

/** Returns the address with the relation `next` in a `Link` header, as it stands there; null if there is none. */
export function nextLink(link: string | null): string | null {
  for (const part of (link ?? "").split("<").slice(1)) {
    const [address, behind] = part.split(">", 2);
    const parameters = (behind ?? "").split(",", 1)[0].split(";").map(parameter);
    if (parameters.some(([name, value]) => name === "rel" && value === "next")) return address;
  }
  return null;
}

/** Reads `name=value` or `name="value"`. */
function parameter(text: string): [name: string, value: string] {
  const [name, value = ""] = text.split("=", 2);
  return [name.trim().toLowerCase(), value.trim().replace(/^"/, "").replace(/"$/, "")];
}
