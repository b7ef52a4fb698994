/** The reasons for which a template cannot be rendered. */
type Reason =
  /** It fails in Jinja2 as well, or refuses its messages. */
  | "fails"
  /** It uses something of Jinja2 or Python that is missing here. */
  | "missing"
  /** It is more work than allowed. */
  | "bound";

/** A template that cannot be rendered. */
export class TemplateError extends Error {
  /** Line of the template, from 1; null as long as it is not known. */
  line: number | null = null;

  constructor(readonly reason: Reason, message: string) {
    super(message);
    this.name = "TemplateError";
  }
}

/** Makes the error of a template that fails in Jinja2 as well. */
export function failure(message: string): TemplateError {
  return new TemplateError("fails", message);
}

/** Makes the error of something that is not implemented; never is it read in another way. */
export function missing(feature: string): TemplateError {
  return new TemplateError("missing", feature);
}

/** Runs a part of a line, and gives the line to errors that have none. */
export function atLine<T>(line: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateError) error.line ??= line;
    throw error;
  }
}
