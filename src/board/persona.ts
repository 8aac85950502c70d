/** Who does it: a prompt and a few knobs, one Markdown file. */
export type Persona = {
  id: string;
  /** Path relative to the board root: `personas/engineer.md`. */
  path: string;
  /** Git blob id of the file, recorded in each session it is used for. */
  blobSha: string;
  description: string;
  /** `agent:` of the persona; the task's and the slot's choice go before it. */
  agent: string | null;
  model: string | null;
  /** File name of its session file, default `<id>.md`. */
  output: string;
  skills: readonly string[];
  tools: readonly string[];
  /** Whether it may change the worktree. */
  mutates: boolean;
  /** Null: no limit. One that may not change files has 12 unless it says otherwise. */
  maxToolCalls: number | null;
  reads: readonly string[] | null;
  /** The prompt: everything below the front matter. */
  prompt: string;
};
