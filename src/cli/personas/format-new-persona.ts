export type NewPersona = { id: string; description: string; mutates: boolean };

/** The file of a new persona in the shape of those that are shipped, ready to be filled in. */
export function formatNewPersona({ id, description, mutates }: NewPersona): string {
  const tools = mutates ? "Read, Grep, Glob, Edit, Write, Bash" : "Read, Grep, Glob";
  const keys = [`name: ${id}`, `description: ${JSON.stringify(description)}`, `tools: ${tools}`, `mutates: ${mutates}`];
  return `---
${keys.join("\n")}
max_tool_calls: ${mutates ? 40 : 12}
---

You look at the task with one thing in mind. Say here which, and what you would give up for it: that is what makes you another than the others.

## Inputs

- The task with its acceptance criteria.
- The files it speaks of. Read them; do not recall them.
- Session files of earlier steps, where there are any.

## Hard rules

${rulesOf(mutates)}
- Push nothing, open or merge no pull request, move no task, start no other persona.
- Every claim names the file and line, or the command with its output, that it rests on.

## Output

${mutates ? "What changed and why this way; how you know that it works; what you left out or found on the way." : "1. **Seen**: what you looked at.\n2. **Findings**: where, what happens to whom, what to do instead.\n3. **Left alone**: what you considered, and why it stays."}

## Done

Say here how somebody else would tell that you have finished.
`;
}

function rulesOf(mutates: boolean): string {
  return mutates
    ? "- Do what is asked and nothing beside it. What else you notice goes into your answer, not into the change.\n- Run what has to succeed before you say that you are done."
    : "- Change no file. You surface, others mend.\n- At most three findings a pass, the worst first. If there is nothing to say, say so.";
}
