/** Faults on the way, by words of the system, of TLS and of HTTP. */
const FAULTS: readonly (readonly [words: RegExp, fault: string])[] = [
  [/refused/i, "a refused connection"],
  [/dns|lookup|name or service|not known/i, "no such host"],
  [/certificate|tls|ssl/i, "a certificate or encryption that cannot be trusted"],
  [/unreachable/i, "no way to its network"],
  [/timed? ?out/i, "no answer in time"],
  [/reset|broken pipe|closed|aborted|incomplete|end of file|eof|body/i, "a connection that broke off"],
  [/too many open/i, "too many open files of this process"],
  [/parse|invalid|http/i, "something else than HTTP"],
];

/** Says why a request got no answer, in words. */
export function networkFault(error: unknown): string {
  const message = innermost(error);
  // An address in it may have any of the words.
  const words = message.replace(/\S*:\/\/\S*/g, "");
  return /^(nothing for|\d+ bytes in) /.test(message)
    ? message
    : FAULTS.find(([pattern]) => pattern.test(words))?.[1] ?? "no answer";
}

/** Returns the innermost message; those around it say only that something failed. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}
