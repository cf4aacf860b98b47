/** The style sheet of a preparation's panel, for its bundle and for the extension that draws saved ones. */

import figuresStyle from "../styles/figures.css";
import lineStyle from "../styles/line.css";
import planStyle from "../styles/plan.css";
import quietStyle from "../styles/quiet.css";

export const PLAN_STYLE = {
  name: "lepton-plan-style",
  text: `${quietStyle}\n${figuresStyle}\n${lineStyle}\n${planStyle}`,
};
