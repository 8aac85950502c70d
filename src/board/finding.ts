/** Something wrong with a file of the convention. A finding is shown; it never stops another task. */
export type Finding = {
  /** Path relative to the board root, with `/`. */
  path: string;
  /** 1-based line, where one is known. */
  line: number | null;
  severity: "error" | "warning";
  /** A stable code of `errors.ts`, such as `TASK_INVALID`. */
  code: string;
  /** What is wrong and what was expected, one line. */
  message: string;
  /** What to do or type next, one line. */
  hint: string | null;
};
