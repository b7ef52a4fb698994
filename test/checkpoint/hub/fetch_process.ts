// A process of its own that downloads a model and says where it lies, for download_test.ts.
import { locateModel } from "../../../src/model/load/locate_model.ts";

const { path } = await locateModel(Deno.args[0]);
Deno.stdout.writeSync(new TextEncoder().encode(`${path}\n`));
