/** An evaluation in its place: loaded by the extension when one is shown. */

import { h } from "preact";
import { mounted } from "../lab/mounted_panel";
import type { Mount } from "../lab/saved_pages";
import { addStyle } from "../page_style";
import pagesStyle from "../styles/pages.css";
import sliderStyle from "../styles/slider.css";
import { EvaluationPanel } from "./component";
import { EvaluationModel } from "./model";
import { speakInEvaluations } from "./texts";

export const mount: Mount = (place, document, language) => {
  speakInEvaluations(language);
  addStyle(place.ownerDocument);
  addStyle(place.ownerDocument, { name: "lepton-pages-style", text: pagesStyle });
  addStyle(place.ownerDocument, { name: "lepton-slider-style", text: sliderStyle });
  const model = new EvaluationModel();
  return mounted(model, place, document, () => h(EvaluationPanel, { model }));
};
