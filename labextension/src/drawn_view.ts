/** Keeps a panel drawn in its place, whichever host it lives in. */

import { render as draw } from "preact";
import type { ComponentChild } from "preact";

/** Draws now and once a frame after each change; the returned function ends that and empties the place. */
export function keepDrawn(
  model: { subscribe(listener: () => void): () => void },
  el: HTMLElement,
  view: () => ComponentChild,
): () => void {
  let frame = 0;
  const redraw = (): void => {
    // Once a frame, however many changes there were; a page in the background draws nothing.
    if (frame === 0) {
      frame = requestAnimationFrame(() => {
        frame = 0;
        draw(view(), el);
      });
    }
  };
  draw(view(), el);
  const unsubscribe = model.subscribe(redraw);
  return () => {
    unsubscribe();
    if (frame !== 0) cancelAnimationFrame(frame);
    draw(null, el);
  };
}
