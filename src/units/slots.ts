import type { NamedSpan } from "./unit.ts";

/** A template's parts: texts, and slots between them. */
interface Parts {
  /** One more than slots. */
  readonly texts: readonly string[];
  readonly slots: readonly string[];
}

/**
 * Fills the slots of a template, `{name}`; braces themselves are written `{{` and `}}`.
 *
 * @returns the text and the span of each slot's value; an empty value has no span
 * @throws {SyntaxError} if a brace lacks its partner
 * @throws {RangeError} if a slot has no value
 */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, string>>,
): { text: string; spans: NamedSpan[] } {
  const { texts, slots } = parseTemplate(template);
  let text = texts[0];
  const spans: NamedSpan[] = [];
  slots.forEach((name, i) => {
    if (!Object.hasOwn(values, name)) {
      throw new RangeError(`Cannot fill the template as slot ${name} must have a value: got none`);
    }
    const start = text.length;
    text += values[name];
    if (text.length > start) spans.push({ name, start, end: text.length });
    text += texts[i + 1];
  });
  return { text, spans };
}

/**
 * Finds the values of a template's slots in a text: between the template's texts, each as early as possible after the
 * one before, the last one at the very end.
 *
 * @throws {SyntaxError} if the template is malformed
 * @throws {RangeError} if the text does not match it, a slot is empty, or two slots have no text between them
 */
export function matchTemplate(template: string, text: string): NamedSpan[] {
  const { texts, slots } = parseTemplate(template);
  const last = texts.length - 1;
  const fits = text.startsWith(texts[0]) && text.endsWith(texts[last]) && (last > 0 || text === texts[0]);
  if (!fits) throw noMatch(template, text);
  let at = texts[0].length;
  return slots.map((name, i) => {
    const behind = texts[i + 1];
    if (behind === "" && i + 1 < last) {
      throw new RangeError(`Cannot match the template as a text must stand between slots: got none behind ${name}`);
    }
    const end = i + 1 === last ? text.length - behind.length : text.indexOf(behind, at + 1);
    if (end <= at) throw noMatch(template, text);
    const span = { name, start: at, end };
    at = end + behind.length;
    return span;
  });
}

function parseTemplate(template: string): Parts {
  const texts = [""];
  const slots: string[] = [];
  for (const [piece, name] of template.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/gu)) {
    if (name !== undefined) {
      slots.push(name);
      texts.push("");
    } else if (piece === "{" || piece === "}") {
      throw new SyntaxError(`Cannot use the template as every brace must have its partner: got ${template}`);
    } else texts[texts.length - 1] += piece === "{{" ? "{" : piece === "}}" ? "}" : piece;
  }
  return { texts, slots };
}

function noMatch(template: string, text: string): RangeError {
  return new RangeError(
    `Cannot find the template's slots as the text must match ${JSON.stringify(template)}: got ${JSON.stringify(text)}`,
  );
}
