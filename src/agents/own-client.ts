import { join } from "node:path";

/** Our client of the Agent Client Protocol: a program of its own in this package, as it was built. */
export const ACP_CLIENT = join(import.meta.dirname, "..", "..", "dist", "acp-client", "main.js");
