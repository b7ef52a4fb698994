import { shownText } from "../../files/shown_value.ts";
import type { HubSettings } from "./hub_settings.ts";

/** Shorter secrets are taken out of addresses alone: as plain text they would be everywhere. */
const SHORTEST = 4;
const HIDDEN = "…";

/** Secrets of the settings. */
type Secrets = Pick<HubSettings, "endpoint" | "token">;

/** Takes the token, and the user and password of addresses, out of a text: a hub may send back what it was sent. */
export function redacted(text: string, settings: Secrets): string {
  const plain = withoutUser(text);
  return secretsOf(settings).reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), plain);
}

/** Returns the start of what a hub sent, for messages. Secrets go first: the start of one tells half of it. */
export function shownReply(sent: unknown, settings: Secrets): string {
  return shownText(redacted(typeof sent === "string" ? sent : JSON.stringify(sent) ?? "nothing", settings));
}

/** Takes user and password out of the addresses of a text. */
export function withoutUser(text: string): string {
  return text.replace(/(?<=\/\/)[^\s/?#]*@/g, `${HIDDEN}@`);
}

/** Takes secrets out of an error and its causes, in place, so that it stays of its class. */
export function redactError(error: unknown, settings: Secrets): void {
  const seen = new Set<unknown>();
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) {
    seen.add(one);
    for (const key of ["message", "stack"] as const) {
      const text = one[key];
      if (text === undefined || redacted(text, settings) === text) continue;
      Object.defineProperty(one, key, { value: redacted(text, settings), writable: true, configurable: true });
    }
  }
}

/** Secrets in each form in which a text may have them, longest first. */
function secretsOf({ endpoint, token }: Secrets): string[] {
  const { username, password } = new URL(endpoint);
  const [user, word] = [decoded(username), decoded(password)];
  // Without a password, the user is the secret: a token.
  const plain = [token ?? "", word === "" ? user : word];
  const forms = plain.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  const given = word === "" ? username : password;
  const basic = username === "" && password === "" ? "" : base64(`${user}:${word}`);
  return [...new Set([...forms, given, basic])].filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
