import type { FuzzArea } from "./area.ts";
import { configArea } from "./areas/config_area.ts";
import { dataArea } from "./areas/data_area.ts";
import { ggufArea } from "./areas/gguf_area.ts";
import { hubArea } from "./areas/hub_area.ts";
import { safetensorsArea } from "./areas/safetensors_area.ts";
import { templateArea } from "./areas/template_area.ts";
import { tokenizerArea } from "./areas/tokenizer_area.ts";
import { yamlArea } from "./areas/yaml_area.ts";

/** Makes an area in a process that runs its cases. */
type OpenArea = () => FuzzArea | Promise<FuzzArea>;

/** Every area by its name on the command line. */
export const AREAS: Readonly<Record<string, OpenArea>> = {
  safetensors: safetensorsArea,
  gguf: ggufArea,
  config: configArea,
  tokenizer: tokenizerArea,
  template: templateArea,
  yaml: yamlArea,
  data: dataArea,
  hub: hubArea,
};

/** Share of all cases that an area has. */
export const SHARES: Readonly<Record<string, number>> = {
  safetensors: 8,
  gguf: 8,
  config: 7,
  tokenizer: 8,
  template: 7,
  yaml: 7,
  data: 5,
  hub: 5,
};
