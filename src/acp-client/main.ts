import type { AcpRequest } from "../agents/acp/wire.ts";
import { runAgent } from "./run.ts";

// A program of its own, started for a run by `src/agents/acp/`: the request on standard input, the account on standard output.

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => stop.abort());

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
const request: AcpRequest = JSON.parse(Buffer.concat(chunks).toString("utf8"));

// The supervisor starts it in the worktree.
const exitCode = await runAgent(request, process.cwd(), stop.signal);

// Whoever still waits for the agent waits in vain.
process.stdout.write("", () => process.exit(exitCode));
