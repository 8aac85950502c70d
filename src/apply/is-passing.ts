import { hasCode } from "../files/place.ts";

const PASSING = ["ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY", "EINTR"];

/** Whether an error is about the state of the machine, so that the same may well be done later; not about what is to be done. */
export function isPassing(error: unknown): boolean {
  for (let it = error; it instanceof Error; it = it.cause) if (hasCode(it, ...PASSING)) return true;
  return false;
}
