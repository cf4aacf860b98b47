import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { goldenForm, goldenNames } from "../fixtures/golden";
import { HOSTILE, badForm } from "../fixtures/variants";
import type { FormCommand } from "./form_message";
import { LeptonForm } from "./component";
import { FormModel } from "./model";

let cleanUp: (() => void) | null = null;
afterEach(() => cleanUp?.());

function show(message: unknown) {
  const sent: FormCommand[] = [];
  const lines: string[] = [];
  const model = new FormModel({
    send: (command) => {
      sent.push(command);
      return true;
    },
    runInCell: (line) => {
      lines.push(line);
      return Promise.resolve("done");
    },
    copy: () => Promise.resolve(true),
  });
  model.receive(message);
  const root = document.body.appendChild(document.createElement("div"));
  const draw = (): void => {
    void act(() => {
      render(<LeptonForm model={model} id="form-1" />, root);
    });
  };
  draw();
  const unsubscribe = model.subscribe(draw);
  cleanUp = () => {
    unsubscribe();
    render(null, root);
    root.remove();
  };
  return { root, model, sent, lines };
}

function control(root: Element, label: string): HTMLInputElement {
  const found = [...root.querySelectorAll("label")].find((each) => each.textContent === label);
  const input = document.getElementById(found?.htmlFor ?? "");
  if (!(input instanceof HTMLElement)) throw new Error(`There is no control called ${label}.`);
  return input as HTMLInputElement;
}

function type(input: HTMLInputElement, text: string): void {
  input.focus();
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function press(input: HTMLElement, key: string): boolean {
  return input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

const listed = (root: Element): (string | null | undefined)[] =>
  [...root.querySelectorAll("[role=option] bdi")].map((each) => each.textContent);

describe("LeptonForm", () => {
  it.each(goldenNames("FormMessage"))("draws %s", (name) => {
    const { root } = show(goldenForm(name));
    expect(root.querySelector(".lepton-run code")?.textContent).toBe(goldenForm(name).line);
    expect(root.innerHTML).not.toMatch(/NaN|undefined|\[object/);
  });

  it("names every control, and describes it by what stands below", () => {
    const { root } = show(goldenForm());
    for (const each of root.querySelectorAll("input, select")) {
      expect(root.querySelector(`label[for="${each.id}"]`)).not.toBeNull();
      const described = each.getAttribute("aria-describedby");
      if (described !== null) expect(document.getElementById(described)).not.toBeNull();
    }
    expect(root.querySelectorAll("[aria-live]")).toHaveLength(1);
    expect(root.querySelector("form")?.dataset["lmSuppressShortcuts"]).toBe("true");
  });

  it("chooses a target by keyboard alone", () => {
    const { root, sent } = show(goldenForm());
    const target = control(root, "Target");
    type(target, "cus");
    expect(listed(root)).toEqual(["customer_id"]);
    expect(target.getAttribute("aria-expanded")).toBe("true");
    expect(document.getElementById(target.getAttribute("aria-activedescendant") ?? "")).not.toBeNull();
    expect(press(target, "Enter")).toBe(false); // the form is not sent
    expect(sent.at(-1)).toMatchObject({ type: "ChooseInForm", choices: { target: "customer_id" } });
    expect(listed(root)).toEqual([]);
  });

  it("gives up what was typed at Escape, and what is no column when it is left", () => {
    const { root, sent } = show(goldenForm());
    const target = control(root, "Target");
    type(target, "cus");
    press(target, "Escape");
    expect(target.value).toBe("churn");
    type(target, "nonsense");
    target.dispatchEvent(new FocusEvent("blur"));
    expect(target.value).toBe("churn");
    expect(sent.filter((each) => each.type === "ChooseInForm" && each.choices.target !== "churn")).toEqual(
      [],
    );
  });

  it("takes any target while nobody knows the columns of a file", () => {
    const { root, model, sent } = show(goldenForm("FormMessage.empty.json"));
    type(control(root, "Table"), "data/总.csv");
    const target = control(root, "Target");
    type(target, "income");
    target.dispatchEvent(new FocusEvent("blur"));
    expect(sent.at(-1)).toMatchObject({ choices: { frame: "data/总.csv", is_path: true, target: "income" } });
    expect(model.choices?.target).toBe("income");
  });

  it("moves the budget from stop to stop", () => {
    const { root, model } = show(goldenForm());
    const budget = control(root, "Budget");
    expect(budget.getAttribute("aria-valuetext")).toBe("30 s");
    press(budget, "ArrowRight");
    expect(model.choices?.budget_seconds).toBe(60);
    budget.value = "800";
    budget.dispatchEvent(new InputEvent("input", { bubbles: true }));
    expect(model.choices?.budget_seconds).toBe(300);
    expect(budget.value).toBe("831");
  });

  it("adds and takes away columns to drop", () => {
    const { root, model } = show(goldenForm());
    const drop = control(root, "Drop");
    type(drop, "הכ");
    press(drop, "ArrowDown");
    press(drop, "Enter");
    expect(model.valuesOf("--drop")).toEqual(["customer_id", "总 价", "הכנסה"]);
    press(drop, "Backspace");
    expect(model.valuesOf("--drop")).toEqual(["customer_id", "总 价"]);
    root.querySelector<HTMLElement>(".lepton-chip")?.click();
    expect(model.valuesOf("--drop")).toEqual(["总 价"]);
    expect(document.activeElement).toBe(drop);
  });

  it("bars an option that cannot stand beside another", () => {
    const { root, model } = show(goldenForm());
    model.addToOption("--learners", "linear");
    expect(control(root, "Without").disabled).toBe(true);
    expect(root.textContent).toContain("not beside --learners");
  });

  it("keeps plain keys from the notebook, and lets the others through", () => {
    const { root } = show(goldenForm());
    const heard: string[] = [];
    const listen = (event: KeyboardEvent): void => {
      heard.push(event.key);
    };
    document.addEventListener("keydown", listen);
    const start = root.querySelector(".lepton-primary");
    for (const key of ["x", "ArrowUp", "Escape", "Tab"]) {
      start?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    start?.dispatchEvent(new KeyboardEvent("keydown", { key: "s", ctrlKey: true, bubbles: true }));
    document.removeEventListener("keydown", listen);
    expect(heard).toEqual(["Escape", "Tab", "s"]);
    start?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(start?.hasAttribute("data-lm-suppress-shortcuts")).toBe(true);
  });

  it("runs the line at Enter in any field and at Start", () => {
    const { root, lines } = show(goldenForm());
    root.querySelector("form")?.requestSubmit();
    expect(lines).toEqual([goldenForm().line]);
  });

  it("offers no start of what is wrong, and says what", () => {
    const { root } = show({ ...goldenForm(), problem: "churn is constant" });
    expect(root.querySelector<HTMLButtonElement>(".lepton-primary")?.disabled).toBe(true);
    expect(root.querySelector(".lepton-foot")?.textContent).toBe("churn is constant");
    expect(root.querySelector("[aria-live]")?.textContent).toBe("churn is constant");
  });

  it("keeps text from data as text", () => {
    const { root } = show(badForm(goldenForm()));
    control(root, "Target").click();
    expect(listed(root)).toContain(HOSTILE);
    expect(root.querySelectorAll("img, script")).toHaveLength(0);
  });

  it("shows a sentence for what it cannot read", () => {
    const { root } = show({ type: "FormMessage", version: 2 });
    expect(root.textContent).toContain("another version of lepton-jupyter");
  });
});
