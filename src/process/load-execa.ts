/**
 * Loads execa, which takes longer than all of our own modules together: nobody who starts no program waits for it. The
 * daemon calls this once it is ready, so that the first run does not wait either.
 */
export async function loadExeca() {
  return (await import("execa")).execa;
}
