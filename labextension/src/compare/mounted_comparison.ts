/** A comparison in its place: loaded by the extension when one is shown. */

import { h } from "preact";
import { mounted } from "../lab/mounted_panel";
import type { Mount } from "../lab/saved_pages";
import { addStyle } from "../page_style";
import pagesStyle from "../styles/pages.css";
import { ComparisonPanel } from "./component";
import { ComparisonModel } from "./model";
import { speakInComparisons } from "./texts";

export const mount: Mount = (place, document, language) => {
  speakInComparisons(language);
  addStyle(place.ownerDocument);
  addStyle(place.ownerDocument, { name: "lepton-pages-style", text: pagesStyle });
  const model = new ComparisonModel();
  return mounted(model, place, document, () => h(ComparisonPanel, { model }));
};
