import { describe, expect, it, vi } from "vitest";
import { FinalForms } from "./final_forms";

describe("the final forms of a run", () => {
  it("are asked for once each time that a run ends", () => {
    const ask = vi.fn();
    const forms = new FinalForms(ask);
    for (const hasEnded of [false, true, true, false, true]) forms.follow(hasEnded);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("are HTML and text, and gone when the run goes on", () => {
    const forms = new FinalForms(() => undefined);
    forms.follow(true);
    for (const message of [
      null,
      7,
      { type: "StreamRows" },
      { type: "RunForms" },
      { type: "RunForms", forms: 1 },
    ]) {
      forms.receive(message);
      expect(forms.found).toEqual({});
    }
    const sent = {
      "text/html": "<b>Finished</b>",
      "text/plain": "Finished",
      "application/x-evil": "1",
      "text/x": 1,
    };
    forms.receive({ type: "RunForms", forms: sent });
    expect(forms.found).toEqual({ "text/html": "<b>Finished</b>", "text/plain": "Finished" });
    forms.follow(false);
    expect(forms.found).toEqual({});
  });
});
