/** Preload: hides that the adapter is software, so that it gets the kernels of a GPU. */
import { hideSoftware } from "../../support/as_hardware.ts";

hideSoftware();
