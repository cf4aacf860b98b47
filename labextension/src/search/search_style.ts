/** The look of a search. */

import { addStyle } from "../page_style";
import sliderStyle from "../styles/slider.css";

export function addSearchStyle(page: Document): void {
  addStyle(page);
  addStyle(page, { name: "lepton-slider-style", text: sliderStyle });
}
