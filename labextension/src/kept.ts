/** A part of a panel that is drawn again only when what it shows has changed. */

import { Component } from "preact";
import type { ComponentChild } from "preact";

interface KeptProps {
  /** All that it is drawn from, compared by identity; see `json_readers`. */
  by: readonly unknown[];
  draw: () => ComponentChild;
}

export class Kept extends Component<KeptProps> {
  override shouldComponentUpdate({ by }: KeptProps): boolean {
    return by.some((each, place) => !Object.is(each, this.props.by[place]));
  }

  override render({ draw }: KeptProps): ComponentChild {
    return draw();
  }
}
