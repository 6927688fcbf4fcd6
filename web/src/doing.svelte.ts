// Something that the reader asked for and that is under way: one at a time; and why it was not done.

export class Doing {
  busy = $state(false);
  problem = $state.raw<unknown>(null);

  /** Resolves to what was done, or to null where it was not, or is being done already. */
  async run<T>(act: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    try {
      return await act();
    } catch (problem) {
      this.problem = problem;
      return null;
    } finally {
      this.busy = false;
    }
  }
}
