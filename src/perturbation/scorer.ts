import { type Coalition, coalitionKey } from "./coalition.ts";

/** A cooperative game: the score of each target if some units of the prompt are kept and the others taken away. */
export interface Game {
  /** N ≥ 1 */
  readonly units: number;
  /** T ≥ 1 */
  readonly targets: number;
  /** True if there is a score with every unit taken away; false if deleting them leaves an empty prompt. */
  readonly scoresNothing: boolean;
  /** Returns v(S), [T], of each coalition S, in order; one model call each. */
  score(coalitions: readonly Coalition[]): Promise<readonly Float64Array[]>;
}

/** Options of `createScorer`. */
export interface ScorerOptions {
  /** Most model calls; any number by default. */
  readonly budget?: number;
  /** Most coalitions that the game gets at once; no limit by default. */
  readonly batch?: number;
}

/**
 * A game that remembers. It scores equal coalitions once and makes no more model calls than the budget allows. After
 * the T targets it has one more column, their sum: methods treat every column alike, so that standard errors, which do
 * not add up over targets, are right for the sequence, too.
 */
export interface Scorer {
  /** N */
  readonly units: number;
  /** T */
  readonly targets: number;
  /** T + 1: the targets, then their sum */
  readonly columns: number;
  /** The game's. */
  readonly scoresNothing: boolean;
  /** Model calls allowed; Infinity if there is no limit. */
  readonly budget: number;
  /** Model calls so far: distinct coalitions scored. */
  readonly spent: number;
  /** Coalitions asked for so far, repeated ones included. */
  readonly asked: number;
  /** Counts the model calls that scoring these would take now. */
  cost(coalitions: readonly Coalition[]): number;
  /** Starts a request that grows while the calls spent, its own included, stay within `limit`. */
  gather(limit?: number): ScoreRequest;
  /**
   * Returns v(S), [T + 1], of each coalition. The arrays belong to the scorer: do not write to them.
   *
   * @throws {TypeError} if a coalition is not [N], or scores are not [T]
   * @throws {RangeError} if the budget does not allow all of them (none is scored then), or a score is not finite
   */
  score(coalitions: readonly Coalition[]): Promise<readonly Float64Array[]>;
}

/** Coalitions gathered to be scored together. */
export interface ScoreRequest {
  /** In order, repeated ones included. */
  readonly coalitions: readonly Coalition[];
  /** Adds all of them and returns true, or adds none and returns false if they would exceed the limit. */
  add(coalitions: readonly Coalition[]): boolean;
}

/**
 * Makes the scorer that the perturbation methods share.
 *
 * @throws {RangeError} if `budget` or `batch` is below 1
 */
export function createScorer(game: Game, { budget = Infinity, batch = Infinity }: ScorerOptions = {}): Scorer {
  if (!(budget >= 1)) throw new RangeError(`Cannot score as the budget must be at least 1 model call: got ${budget}`);
  if (!(batch >= 1)) throw new RangeError(`Cannot score as a batch must hold at least 1 coalition: got ${batch}`);
  const { units, targets, scoresNothing } = game;
  const cache = new Map<string, Promise<Float64Array>>();
  let spent = 0;
  let asked = 0;

  /** The first of each coalition that is not in the cache, by key. */
  const missing = (coalitions: readonly Coalition[]) => {
    const found = new Map<string, Coalition>();
    for (const coalition of coalitions) {
      if (coalition.length !== units) {
        throw new TypeError(`Cannot score a coalition as it must be [${units}]: got [${coalition.length}]`);
      }
      const key = coalitionKey(coalition);
      if (!cache.has(key)) found.set(key, coalition);
    }
    return found;
  };

  const start = (entries: readonly (readonly [string, Coalition])[], after: Promise<unknown>) => {
    // A caller may change its coalition before the game sees it.
    const copies = entries.map(([, coalition]) => coalition.slice());
    const results = after.then(() => game.score(copies)).then((scores) => withSums(scores, copies.length, targets));
    entries.forEach(([key], i) => cache.set(key, results.then((scores) => scores[i])));
    results.catch(() => entries.forEach(([key]) => cache.delete(key)));
    return results;
  };

  return {
    units,
    targets,
    columns: targets + 1,
    scoresNothing,
    budget,
    get spent() {
      return spent;
    },
    get asked() {
      return asked;
    },
    cost: (coalitions) => missing(coalitions).size,
    gather(limit = budget) {
      const gathered: Coalition[] = [];
      const keys = new Set<string>();
      return {
        coalitions: gathered,
        add(coalitions) {
          const fresh = [...missing(coalitions).keys()].filter((key) => !keys.has(key));
          if (spent + keys.size + fresh.length > limit) return false;
          fresh.forEach((key) => keys.add(key));
          gathered.push(...coalitions);
          return true;
        },
      };
    },
    // Up to its first await this runs at once: two requests side by side cannot spend the same calls.
    async score(coalitions) {
      const entries = [...missing(coalitions)];
      if (spent + entries.length > budget) {
        throw new RangeError(
          `Cannot score ${entries.length} more coalitions as the budget must allow a model call for each: got ` +
            `${budget - spent} of ${budget} left`,
        );
      }
      spent += entries.length;
      asked += coalitions.length;
      let last: Promise<unknown> = Promise.resolve();
      for (let i = 0; i < entries.length; i += batch) last = start(entries.slice(i, i + batch), last);
      return await Promise.all(coalitions.map((coalition) => cache.get(coalitionKey(coalition))!));
    },
  };
}

/** Checks scores [T] and appends their sum. */
function withSums(scores: readonly Float64Array[], count: number, targets: number): Float64Array[] {
  if (scores.length !== count) {
    throw new TypeError(`Cannot score ${count} coalitions as the game must give as many scores: got ${scores.length}`);
  }
  return scores.map((score) => {
    if (score.length !== targets) {
      throw new TypeError(`Cannot score a coalition as its scores must be [${targets}]: got [${score.length}]`);
    }
    const all = new Float64Array(targets + 1);
    all.set(score);
    for (const value of score) all[targets] += value;
    if (!Number.isFinite(all[targets])) {
      throw new RangeError(`Cannot score a coalition as its scores must be finite: got ${score.join(", ")}`);
    }
    return all;
  });
}
