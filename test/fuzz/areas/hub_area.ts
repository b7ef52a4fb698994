import { join } from "node:path";
import { fetchModel } from "../../../src/checkpoint/hub/fetch_model.ts";
import { parseHubId } from "../../../src/checkpoint/hub/hub_id.ts";
import { type Hub, hubSettings } from "../../../src/checkpoint/hub/hub_settings.ts";
import type { ByteAnswer } from "../../checkpoint/hub/byte_server.ts";
import { answerContent, answerHub, digestOf, type Files as Stored } from "../../checkpoint/hub/hub_server.ts";
import { NAME, SHARDED_MODEL, SINGLE_MODEL } from "../../checkpoint/hub/trial.ts";
import { bytesOf, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import { type Dice, diceOf } from "../dice.ts";
import { answered, damagedAnswer } from "./damage_answer.ts";

const FILE = "plan.json";
const HUB = "http://hub.test:8080";
const STORE = "http://store.test:8081";
const TOKEN = "hf_secret_of_this_test";

/** Requests of a case, and what it may wait for: far more than any download of these models takes. */
const MOST_REQUESTS = 1500;
const MOST_WAITS = 60;
const LONGEST_WAIT = 300;
/** Seconds of silence after which a connection counts as broken. */
const TIMEOUT = 0.03;

/** A case: the hub's answers follow from it. */
interface Plan {
  readonly seed: number;
  readonly sharded: boolean;
  readonly listings: boolean;
  readonly symlinks: boolean;
  readonly pageSize: number;
  /** One answer in so many is damaged; 0 for none. */
  readonly damage: number;
  /** True if the model is fetched a second time, by an honest hub, into the same cache. */
  readonly again: boolean;
}

/** Makes the area of the hub's answers: revisions, listings, redirects, contents. */
export function hubArea(): FuzzArea {
  const plain = { seed: 0, listings: true, symlinks: true, pageSize: 1000, damage: 0, again: false };
  const originals = [true, false].map((sharded) => filesOf({ ...plain, sharded }));
  return {
    originals,
    subjects: [NAME],
    make: (dice): FuzzInput => {
      const sound = dice.oneIn(12);
      const plan: Plan = {
        seed: dice.below(2 ** 31),
        sharded: dice.oneIn(3),
        listings: !dice.oneIn(4),
        symlinks: !dice.oneIn(4),
        pageSize: dice.pick([2, 1000]),
        damage: sound ? 0 : dice.pick([1, 3, 6]),
        again: dice.oneIn(3),
      };
      return { files: filesOf(plan), sound };
    },
    feed: (directory, { files }) => feed(directory, JSON.parse(textOf(files[FILE]))),
  };
}

function filesOf(plan: Plan) {
  return { [FILE]: bytesOf(JSON.stringify(plan)) };
}

async function feed(directory: string, plan: Plan): Promise<void> {
  const model = plan.sharded ? SHARDED_MODEL : SINGLE_MODEL;
  const told: string[] = [];
  const waits: number[] = [];
  const environment: Record<string, string> = { HF_HOME: directory, HF_ENDPOINT: HUB, HF_TOKEN: TOKEN };
  const hub: Hub = {
    ...hubSettings((name) => environment[name]),
    symlinks: plan.symlinks,
    timeout: TIMEOUT,
    wait: (seconds) => Promise.resolve(void waits.push(seconds)),
    onHint: (sentence) => told.push(sentence),
  };
  const real = globalThis.fetch;
  const id = parseHubId(NAME)!;
  try {
    globalThis.fetch = hostileFetch(model, plan);
    const { path } = await fetchModel(id, hub);
    holdSnapshot(path, model);
    if (plan.again) {
      globalThis.fetch = hostileFetch(model, { ...plan, damage: 0 });
      holdSnapshot((await fetchModel(id, hub)).path, model);
    }
  } catch (error) {
    if (error instanceof Error) told.push(error.message, error.stack ?? "");
    throw error;
  } finally {
    globalThis.fetch = real;
    holdCache(directory);
    hold(!told.some((text) => text.includes(TOKEN)), "tells the token");
    hold(
      waits.length <= MOST_WAITS && waits.every((seconds) => seconds >= 0 && seconds <= LONGEST_WAIT),
      `waits ${waits}`,
    );
  }
}

/** Answers requests in the place of the network, damaged as the plan says, whatever their order. */
function hostileFetch(model: Stored, plan: Plan): typeof fetch {
  const counts = new Map<string, number>();
  let requests = 0;
  return (input, init) => {
    hold(++requests <= MOST_REQUESTS, `asks ${requests} times`);
    const address = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    hold(address.origin === HUB || !headers.has("authorization"), `sends its token to ${address.origin}`);
    const count = counts.get(address.pathname) ?? 0;
    counts.set(address.pathname, count + 1);
    const dice = diceOf(address.pathname, plan.seed, count);
    const request = { method: init?.method ?? "GET", path: address.pathname + address.search, headers };
    const honest = answerOf(model, address, request, plan);
    const damaged = plan.damage > 0 && dice.oneIn(plan.damage);
    return answered(damaged ? damagedAnswer(honest, hostile(dice), dice) : honest, request.method, init?.signal);
  };
}

/** Texts that an answer may hold to harm who reads it. */
function hostile(dice: Dice): string {
  return dice.pick([TOKEN, `${HUB}/${NAME}?next=1`, `${STORE}/blob/`, "http://evil.test/", "file:///etc/passwd"]);
}

function answerOf(model: Stored, address: URL, request: Parameters<typeof answerContent>[1], plan: Plan): ByteAnswer {
  const repositories = { [NAME]: { revisions: { main: model } } };
  if (address.origin === STORE) return answerContent(repositories, request);
  if (address.origin !== HUB) return { status: 200, body: bytesOf("from elsewhere") };
  return answerHub(repositories, request, HUB, STORE, { listings: plan.listings, pageSize: plan.pageSize });
}

/** Holds the files of a snapshot against those of the model. */
function holdSnapshot(path: string, model: Stored): void {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  const weights = Object.keys(model).filter((name) => name.endsWith(".safetensors"));
  for (const needed of ["config.json", ...weights]) hold(names.includes(needed), `took a model without ${needed}`);
  for (const name of names) {
    const same = model[name] !== undefined && String(Deno.readFileSync(join(path, name))) === String(model[name]);
    hold(same, `took another content as ${name}`);
  }
}

/** Holds the cache: nothing lies beside it, and every content has the digest of its name. */
function holdCache(directory: string): void {
  const strange = [...Deno.readDirSync(directory)].filter(({ name }) => name !== FILE && name !== "hub");
  hold(strange.length === 0, `writes ${strange.map(({ name }) => name)} beside the cache`);
  for (const path of filesBelow(join(directory, "hub"))) {
    const [folder, kind, digest] = path.slice(directory.length + "/hub/".length).split("/");
    hold(folder === ".locks" || folder === "models--team--tiny", `writes ${path}`);
    if (kind !== "blobs" || digest.endsWith(".incomplete")) continue;
    const name = digest.length === 64 ? "x.safetensors" : "x";
    hold(digestOf(name, Deno.readFileSync(path)) === digest, `keeps another content as ${digest}`);
  }
}

function filesBelow(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
      isDirectory ? filesBelow(join(directory, name)) : [join(directory, name)]
    );
  } catch {
    // Nothing was written yet.
    return [];
  }
}
