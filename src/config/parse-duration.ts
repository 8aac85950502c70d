// Tasks have durations too, so the reading of them lives with the board.
export { parseDuration } from "../board/duration.ts";
