/**
 * Beats while agents run: their output goes to their session files and an exit is noticed, also that of a run which an
 * earlier daemon started. Without runs it stands still, so an idle board costs nothing.
 */
export type Pulse = { set(isRunning: boolean): void };

export function createPulse(intervalMs: number, beat: () => void, onError: (error: unknown) => void): Pulse {
  let timer: NodeJS.Timeout | null = null;
  function onTime(): void {
    try {
      beat();
    } catch (error) {
      // A full disk, say: the next beat tries again.
      onError(error);
    }
  }
  return {
    set(isRunning) {
      if (isRunning && timer === null) timer = setInterval(onTime, intervalMs);
      if (!isRunning && timer !== null) {
        clearInterval(timer);
        timer = null;
      }
    },
  };
}
