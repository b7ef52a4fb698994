import { cacheDirectory, mayUseCache } from "../../../checkpoint/cache/cache_directory.ts";
import { environmentSwitch } from "../environment_switch.ts";

/** The directory of what is quantized at load; null if none is to be used. */
export async function weightsCache(wanted = environmentSwitch("WHENCE_WEIGHTS_CACHE")): Promise<string | null> {
  return wanted === "auto" && await mayUseCache(["read", "write"]) ? cacheDirectory() : null;
}
