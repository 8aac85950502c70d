import { goThrough } from "./cases.ts";
import { CLIS } from "./clis.ts";

goThrough(CLIS.filter(({ agent }) => !agent.startsWith("acp/")));
