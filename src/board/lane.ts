/** The lanes of a board, in the order in which work travels. The folder of that name under `board/` is the lane. */
export const LANES = ["backlog", "planned", "doing", "for_review", "done", "blocked"] as const;

export type Lane = (typeof LANES)[number];

/** Whether a folder name is a lane. */
export function isLane(name: string): name is Lane {
  return (LANES as readonly string[]).includes(name);
}
