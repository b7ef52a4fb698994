import { retrySeconds } from "./hub_headers.ts";
import { shownReply } from "./redact.ts";
import { type HubId, hubIdText, hubRoute } from "./hub_id.ts";
import type { HubSettings } from "./hub_settings.ts";

/** Failure of a request to the hub. */
export class HubError extends Error {
  /** "HubError" */
  override readonly name = "HubError";
  /** Status of the answer; null if none came. */
  readonly status: number | null;
  /** True if it may pass, so that another attempt makes sense. */
  readonly transient: boolean;
  /** Seconds after which the hub wants to be asked again; null if it does not say. */
  readonly retryAfter: number | null;

  /** Made by the hub's client. */
  constructor(
    message: string,
    { status, transient, retryAfter, cause }: Partial<Pick<HubError, "status" | "transient" | "retryAfter" | "cause">> =
      {},
  ) {
    super(message, { cause });
    this.status = status ?? null;
    this.transient = transient ?? false;
    this.retryAfter = retryAfter ?? null;
  }
}

/** Subject of a request: a model, or one file of it. */
export interface Asked {
  readonly id: HubId;
  readonly file?: string;
}

/** Statuses of a hub that is overloaded or under repair. */
const PASSING = [408, 429, 500, 502, 503, 504];

/** Error of an answer with a status of 400 or more. Its message says what to do. */
export function refusal(response: Response, asked: Asked, settings: HubSettings): HubError {
  const { status, headers } = response;
  const retryAfter = retrySeconds(headers);
  const options = { status, transient: PASSING.includes(status), retryAfter };
  return new HubError(`Cannot download ${askedText(asked)} as ${reason(response, asked, settings)}`, options);
}

/** "config.json of organization/name" */
export function askedText({ id, file }: Asked): string {
  return `${file === undefined || file === id.file ? "" : `${file} of `}${hubIdText(id)}`;
}

function reason({ status, headers }: Response, { id, file }: Asked, settings: HubSettings): string {
  const { endpoint, token, tokenSource } = settings;
  const code = headers.get("x-error-code");
  const said = shownReply(headers.get("x-error-message") ?? "", settings);
  const withToken = token === null ? "without a token; set HF_TOKEN" : `with the token of ${tokenSource}`;
  const page = `${endpoint}/${hubRoute(id)}`;
  const nowhere = "; there is no such path here either";
  if (code === "GatedRepo") {
    return `its terms must be accepted at ${page} by the account of the token: got ${status} (gated) ${withToken}`;
  }
  if (code === "RevisionNotFound") {
    return `the repository must have the branch, tag or commit ${id.revision}: got ${status} from ${page}`;
  }
  if (code === "EntryNotFound") return `the repository must have ${file ?? "this file"}: got ${status} from ${page}`;
  if (status === 401 && token !== null && said.includes("Invalid credentials")) {
    return `the token of ${tokenSource} must be valid: got 401 from ${endpoint}`;
  }
  if (status === 401 || code === "RepoNotFound") {
    const why = token === null
      ? `without a token. Check the name; a private or gated ${
        id.dataset ? "data set" : "model"
      } needs a token in HF_TOKEN`
      : `with the token of ${tokenSource}. Check the name, and what the token may read`;
    return `${endpoint} must have it and grant access: got ${status} ${why}${nowhere}`;
  }
  if (status === 403) return `${page} must grant access: got 403${said ? ` (${said})` : ""} ${withToken}`;
  if (status === 404) return `${endpoint} must have it: got 404${nowhere}`;
  if (status === 429) {
    const seconds = retrySeconds(headers);
    return `${endpoint} limits the rate of requests: got 429${
      seconds === null ? "" : `, to be tried again in ${seconds} s`
    }${token === null ? "; with a token in HF_TOKEN more are allowed" : ""}`;
  }
  return `${endpoint} must answer: got ${status}${said ? ` (${said})` : ""}`;
}
