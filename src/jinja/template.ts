import { MOST_SOURCE, newBudget } from "./budget.ts";
import { FILTERS, TESTS } from "./library/environment.ts";
import { globalFunctions } from "./library/globals.ts";
import { renderBody } from "./run/execute.ts";
import { newScope } from "./run/scope.ts";
import { checkDepth, checkTemplate } from "./syntax/check_template.ts";
import { tokenize } from "./syntax/lexer.ts";
import { parseTemplate } from "./syntax/parse_statement.ts";
import { planScopes } from "./syntax/scopes.ts";
import { openStream } from "./syntax/token_stream.ts";
import { TemplateError } from "./template_error.ts";
import { withBudget } from "./values/work.ts";
import { dict, type Rendering, type Value } from "./values/value.ts";

/** A value as JSON has it; whole numbers become Python's. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A template that can be rendered. */
export interface Template {
  /**
   * Renders the template with variables, at a time.
   *
   * @throws {TemplateError} if it fails, uses what is missing, or is too much work
   */
  render(variables: Readonly<Record<string, JsonValue>>, now: Date): string;
}

/**
 * Compiles a template, to be rendered as transformers' `apply_chat_template` renders it with Jinja2: sandboxed, with
 * `trim_blocks`, `lstrip_blocks`, loop controls, and its functions. What is missing of Jinja2 or Python throws and is
 * named; it never gives another text.
 *
 * @throws {TemplateError} if the template is malformed, too long or too deep
 */
export function compileTemplate(source: string): Template {
  if (source.length > MOST_SOURCE) throw new TemplateError("bound", `at most ${MOST_SOURCE} characters of its own`);
  const body = parseTemplate(openStream(tokenize(source)));
  checkDepth(body);
  checkTemplate(body, { filters: FILTERS, tests: TESTS });
  const { root, of: plans } = planScopes(body);
  return {
    render(variables, now) {
      const rendering: Rendering = { budget: newBudget(), now };
      const given = Object.entries(variables).map(([name, value]) => [name, toValue(value)] as const);
      const context = new Map([...globalFunctions(rendering), ...given]);
      try {
        return withBudget(
          rendering.budget,
          () => renderBody(body, newScope(null), root, { ...rendering, context, plans }),
        );
      } catch (error) {
        // Lists within lists of a template's making may be deeper than what prints them can go.
        if (!(error instanceof TemplateError) && error instanceof RangeError) {
          throw new TemplateError("bound", "values less deep within each other");
        }
        throw error;
      }
    },
  };
}

function toValue(value: JsonValue): Value {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(toValue);
  return dict(Object.entries(value).map(([key, item]) => [key, toValue(item)] as const));
}
