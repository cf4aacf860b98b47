/** How a line that a panel has written comes to run: wanted while its words are still awaited, then in a cell below. */

import type { LineOutcome } from "./line_actions";

type Phase = "none" | "wanted" | "placing" | "placed" | "failed" | "done";

export interface LineHost {
  /** Puts a line into a new cell below and runs it; `placed` is called as soon as it stands there. */
  runInCell(line: string, placed: () => void): Promise<LineOutcome>;
  /** Puts a text on the clipboard. */
  copy(text: string): Promise<boolean>;
}

export class LineStart {
  #phase: Phase = "none";

  get phase(): Phase {
    return this.#phase;
  }

  get isUnderWay(): boolean {
    return this.#phase === "wanted" || this.#phase === "placing" || this.#phase === "placed";
  }

  want(): void {
    this.#phase = "wanted";
  }

  drop(): void {
    this.#phase = "none";
  }

  /** Forgets what became of the line before, which is another now; one that is on its way stays. */
  change(): void {
    if (this.#phase !== "placed" && this.#phase !== "placing") this.drop();
  }

  /**
   * Runs a line in a cell; `changed` hears of each step, `done` of a line that has run without an error, and
   * `unavailable` where this page lets no panel reach its cells.
   */
  run(
    line: string,
    host: LineHost,
    hear: { changed: () => void; done: () => void; unavailable: () => void },
  ): void {
    this.#phase = "placing";
    const placed = (): void => {
      this.#phase = "placed";
      hear.changed();
    };
    void host.runInCell(line, placed).then((outcome) => {
      this.#phase = outcome === "unavailable" ? "none" : outcome;
      if (outcome !== "failed") hear[outcome]();
      hear.changed();
    });
  }
}
