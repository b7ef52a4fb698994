// A process that runs cases of an area, for guard.ts.
import { AREAS } from "./areas.ts";
import { runCases } from "./run_cases.ts";

await runCases(await AREAS[Deno.args[0]](), Deno.args);
