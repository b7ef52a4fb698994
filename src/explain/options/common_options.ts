import { OBJECTIVE_NAMES, type ObjectiveName } from "../../attribution/objectives/objective.ts";
import { FREEZE, type FrozenText, type FrozenTokens } from "./freeze.ts";
import { METRICS } from "./metric_options.ts";
import { type Given, option, optional, type Resolved } from "./option.ts";
import { TARGET_UNITS, UNITS } from "./units.ts";
import { type GivenObjective, objectiveText, readOwnObjective } from "../own/own_objective.ts";
import { oneOf, type ValueKind } from "./value_kind.ts";

const [first, ...others] = OBJECTIVE_NAMES;

const NAMED = oneOf<ObjectiveName>([first, ...others]);

/** Objectives by name, or the caller's own. */
const OBJECTIVE: ValueKind<GivenObjective> = {
  ...NAMED,
  read: (given) => NAMED.read(given) ?? readOwnObjective(given),
  write: objectiveText,
};

/** Options of every method. */
export const COMMON_OPTIONS = {
  objective: option({
    kind: OBJECTIVE,
    default: "log-prob",
    help: "what is explained: F, of each target token or of the sequence (docs/methods.md, Objectives)",
  }),
  units: option({
    kind: UNITS,
    default: { kind: "tokens" },
    help: "what a perturbation method takes away as one, or what gradient methods are summed over",
  }),
  targetUnits: option({
    kind: TARGET_UNITS,
    default: { kind: "tokens" },
    help: "units of the target that rows of the matrix are summed over; others than tokens imply the matrix",
  }),
  freeze: option<readonly FrozenTokens[], readonly FrozenText[]>({
    kind: FREEZE,
    default: [{ kind: "special" }, { kind: "template" }],
    help: "tokens that keep their embedding and get no attribution; none for an empty list",
  }),
  metrics: optional({
    kind: METRICS,
    usual: "none",
    help: "measures of the attribution, which ask the model more questions (docs/metrics.md)",
    recorded: false,
  }),
};

/** Common options as a caller gives them. */
export type GivenCommonOptions = Given<typeof COMMON_OPTIONS>;

/** Common options with a value for each. */
export type CommonOptions = Resolved<typeof COMMON_OPTIONS>;
