import type { Persona } from "./persona.ts";

/** Whether a persona judges what others made: its name, description or output says so, or its prompt asks for such a verdict. */
export function isReviewer(persona: Pick<Persona, "id" | "description" | "output" | "prompt">): boolean {
  const said = `${persona.id} ${persona.description} ${persona.output}`.replaceAll("_", " ");
  return /\breview(?:s|er|ers|ing)?\b/i.test(said) || persona.output.startsWith("findings/") || asksForVerdict(persona);
}

function asksForVerdict({ prompt }: Pick<Persona, "prompt">): boolean {
  return /\bverdict:[ \t]*["']?must-fix\b/i.test(prompt);
}

const NUMBER = "(?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten)";
const CONCERN =
  "(?:concerns?|findings?|issues?|problems?|comments?|remarks?|points?|objections?|suggestions?|must-fix(?:es)?)";
const LIMIT = "(?:at most|no more than|not more than|up to|a maximum of|maximum|max\\.?|only|limit(?:ed)? to|top)";
const FEW_WORDS = "(?:[\\w'’-]+[ \\t]+){0,5}";
// Within one clause: `at most three must-fix findings a pass`, `limit your concerns to five`, `five findings at most`.
const CAPS = [
  `${LIMIT}[ \\t]+(?:the[ \\t]+)?${NUMBER}[ \\t]+${FEW_WORDS}${CONCERN}\\b`,
  `\\b${CONCERN}\\b[^.;:\\n]{0,20}?\\b(?:to|is|are|:)?[ \\t]*${LIMIT}[ \\t]+${NUMBER}\\b`,
  `\\blimit[^.;:\\n]{0,30}\\b${CONCERN}\\b[^.;:\\n]{0,20}\\bto[ \\t]+${NUMBER}\\b`,
  `\\b${NUMBER}[ \\t]+${FEW_WORDS}${CONCERN}\\b[^.;:\\n]{0,30}\\b(?:at most|at the most|or fewer|or less|maximum)\\b`,
].map((it) => new RegExp(it, "i"));

/** Whether a prompt says how many concerns a pass may raise. Those who have no such limit never come to an end. */
export function hasConcernCap(prompt: string): boolean {
  // A line that is no item, heading, quote or row goes on with the one before.
  const text = prompt
    .replace(/^([ \t]*)\*(?=[ \t])/gm, "$1-")
    .replace(/[*_`]/g, "")
    .replace(/\n(?![ \t]*(?:[-+#>|]|\d+[.)]|$))/gm, " ");
  return CAPS.some((it) => it.test(text));
}
