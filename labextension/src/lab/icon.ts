/** The mark of lepton-jupyter where JupyterLab wants an icon: a path of steps that ends at the best point. */

export interface LabIcon {
  readonly name: string;
}
export interface UiComponents {
  LabIcon: new (options: { name: string; svgstr: string }) => LabIcon;
}

// JupyterLab colours what carries its class, after the theme.
const drawn = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">` +
  `<path class="jp-icon3" d="M1.5 13.5h3.5v-4h4v-4h2" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
  `<circle class="jp-icon3" cx="13" cy="4" r="2.2" fill="${colour}"/></svg>`;

/** The mark as an address, for cards that show a picture; blue is seen on light and dark alike. */
export const ICON_URL = `data:image/svg+xml,${encodeURIComponent(drawn("#1976d2"))}`;

export function leptonIcon({ LabIcon }: UiComponents): LabIcon {
  return new LabIcon({ name: "lepton-jupyter:mark", svgstr: drawn("#616161") });
}
