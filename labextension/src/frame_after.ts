/** A part of a panel that is drawn one frame after the others, so that one message makes no long frame. */

import { Component } from "preact";
import type { ComponentChild } from "preact";

interface FrameAfterProps {
  /** What may wait: a newer one is drawn in the frame after. All else is drawn at once. */
  of: unknown;
  draw: () => ComponentChild;
}

export class FrameAfter extends Component<FrameAfterProps> {
  #frame = 0;

  override shouldComponentUpdate({ of }: FrameAfterProps): boolean {
    if (Object.is(of, this.props.of)) return true;
    // Once for all messages until then; the newest properties are drawn.
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.forceUpdate();
    });
    return false;
  }

  override componentWillUnmount(): void {
    cancelAnimationFrame(this.#frame);
  }

  override render({ draw }: FrameAfterProps): ComponentChild {
    return draw();
  }
}
