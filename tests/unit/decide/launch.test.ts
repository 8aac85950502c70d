import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import { boardOf, claimed } from "../../helpers/board-builder.ts";

describe("launch", () => {
  it("launches only what is claimed on the board branch", () => {
    const snapshot = boardOf({ doing: [claimed("a")] }, { branches: { a: {} } });
    expect(decide(snapshot)).toMatchInlineSnapshot(`
      {
        "actions": [
          {
            "agent": "shell",
            "attempt": 1,
            "cause": "first",
            "costCapUsd": 5,
            "kind": "launch",
            "losses": 0,
            "persona": "engineer",
            "retries": 0,
            "reworks": 0,
            "slot": "A",
            "step": "work",
            "taskId": "a",
          },
        ],
        "lookAgainAt": 1795170300000,
        "waiting": Map {
          "a" => "starting in slot A",
        },
      }
    `);
    expect(decide(boardOf({ planned: ["a", "b", "c"] }))).toMatchInlineSnapshot(`
      {
        "actions": [
          {
            "expectBlob": "blob-a",
            "intent": "assign",
            "kind": "edit",
            "notice": null,
            "path": "board/planned/a.md",
            "set": [
              [
                "assigned",
                "A",
              ],
              [
                "branch",
                "kanband/a",
              ],
              [
                "attempt",
                1,
              ],
            ],
            "subject": "Assign a to slot A",
            "taskId": "a",
            "toLane": "doing",
            "trailers": [
              [
                "Task",
                "a",
              ],
              [
                "Lane",
                "planned..doing",
              ],
              [
                "Persona",
                "engineer",
              ],
              [
                "Slot",
                "A",
              ],
            ],
          },
          {
            "expectBlob": "blob-b",
            "intent": "assign",
            "kind": "edit",
            "notice": null,
            "path": "board/planned/b.md",
            "set": [
              [
                "assigned",
                "B",
              ],
              [
                "branch",
                "kanband/b",
              ],
              [
                "attempt",
                1,
              ],
            ],
            "subject": "Assign b to slot B",
            "taskId": "b",
            "toLane": "doing",
            "trailers": [
              [
                "Task",
                "b",
              ],
              [
                "Lane",
                "planned..doing",
              ],
              [
                "Persona",
                "engineer",
              ],
              [
                "Slot",
                "B",
              ],
            ],
          },
          {
            "changes": [],
            "kind": "commit",
          },
          {
            "kind": "prepare",
            "slot": "A",
            "taskId": "a",
          },
          {
            "kind": "prepare",
            "slot": "B",
            "taskId": "b",
          },
        ],
        "lookAgainAt": 1795773300000,
        "waiting": Map {
          "a" => "assigned to slot A: starts once the claim is committed",
          "b" => "assigned to slot B: starts once the claim is committed",
          "c" => "no free slot: A has a, B has b",
        },
      }
    `);
  });
});
