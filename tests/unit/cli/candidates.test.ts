import { expect, it } from "vitest";
import { listCandidates } from "../../../src/cli/completion/candidates.ts";
import { SPECS } from "../../../src/cli/specs.ts";

const TASKS = ["fix-login", "add-users"];
const PERSONAS = ["engineer", "tester"];
const WORKFLOWS = ["factory", "solo"];
const NAMES = { task: TASKS, persona: PERSONAS, workflow: WORKFLOWS };

it.each<[string, string[], readonly string[]]>([
  ["commands", [""], Object.keys(SPECS)],
  ["commands by their beginning", ["st"], ["status", "stop"]],
  ["commands after the folder", ["-C", "sub", "wh"], ["why"]],
  ["tasks", ["why", ""], TASKS],
  ["tasks by their beginning", ["move", "fix"], ["fix-login"]],
  ["lanes as the second word", ["move", "fix-login", "d"], ["doing", "done"]],
  ["lanes of an option", ["new", "Title", "--lane", "p"], ["planned"]],
  ["choices of an option", ["new", "--priority", "u"], ["urgent"]],
  ["tasks of an option", ["new", "Title", "--depends", "add"], ["add-users"]],
  ["options", ["up", "--de"], ["--detach"]],
  ["options that are not there yet", ["check", "--ci", "--c"], ["--cwd"]],
  ["personas of an option", ["new", "Title", "--persona", "t"], ["tester"]],
  ["personas as the second word, and after it", ["personas", "lint", "tester", ""], PERSONAS],
  ["shells", ["completion", ""], ["bash", "zsh", "fish"]],
  ["workflows", ["workflows", "show", "f"], ["factory"]],
  ["nothing for an unknown command", ["nonsense", ""], []],
  ["nothing for free text", ["rework", "fix-login", "-m", ""], []],
])("%s", (_, words, expected) => {
  expect(listCandidates(words, (kind) => NAMES[kind])).toEqual(expected);
});
