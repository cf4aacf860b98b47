/** Numbers as the panels print them. What is missing or not finite is "–", never 0. */

export const MISSING = "–";
const MINUS = "−";

const grouped = new Map<number, Intl.NumberFormat>();

/** A number with a fixed count of decimals and grouped thousands. */
export function fixed(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return MISSING;
  let format = grouped.get(decimals);
  if (format === undefined) {
    // One language with the texts around the numbers, some of which come from Python.
    format = new Intl.NumberFormat("en", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    grouped.set(decimals, format);
  }
  return format.format(value === 0 ? 0 : value).replace("-", MINUS);
}

/** As `fixed`, with + or − always there. */
export function signed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return MISSING;
  const printed = fixed(Math.abs(value), decimals);
  return `${value < 0 && /[1-9]/.test(printed) ? MINUS : "+"}${printed}`;
}

/** Decimals that a number deserves in a sentence: where its error shows its first digit, a 1 counting for two. */
export function decimalsOfError(error: number | null, value: number | null): number {
  if (error === null || !Number.isFinite(error) || error <= 0) {
    return value === null || !Number.isFinite(value) ? 3 : decimalsOfTable([value]) - 1;
  }
  const exponent = Math.floor(Math.log10(error));
  const leading = error / 10 ** exponent;
  return Math.min(8, Math.max(0, -exponent + (leading < 1.95 ? 1 : 0)));
}

/** Decimals shared by a column of scores: four for an AUC, fewer for a large error, more for a tiny one. */
export function decimalsOfTable(values: readonly number[]): number {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  if (largest === 0 || (largest >= 0.1 && largest < 10)) return 4;
  const exponent = Math.floor(Math.log10(largest));
  return largest < 0.1 ? Math.min(9, 3 - exponent) : Math.max(0, 4 - exponent);
}

/** "7 s", "4 min 10 s", "1 h 5 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return MISSING;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Seconds of a fit, in a column headed "s". */
export function fitSeconds(seconds: number): string {
  return fixed(seconds, seconds < 10 ? 2 : seconds < 100 ? 1 : 0);
}

/** Milliseconds in a column headed "ms": two decimals, none above 100, more where two would show nothing. */
export function milliseconds(value: number): string {
  if (value > 0 && value < 0.01) return fixed(value, 4);
  return fixed(value, value > 100 ? 0 : 2);
}

/** Milliseconds in three digits, where there is no column to line them up in. */
export function shortDelay(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return MISSING;
  return value >= 100
    ? fixed(value, 0)
    : value >= 0.1
      ? String(Number(value.toPrecision(3)))
      : milliseconds(value);
}

/** A size in three digits and its unit. */
export function size(bytes: number): { amount: string; unit: string } {
  if (!Number.isFinite(bytes)) return { amount: MISSING, unit: "" };
  if (bytes < 999_500) return { amount: fixed(bytes / 1e3, bytes > 0 && bytes < 9_950 ? 1 : 0), unit: "kB" };
  const [scale, unit] = bytes < 999_500_000 ? [1e6, "MB"] : [1e9, "GB"];
  return { amount: fixed(bytes / scale, bytes / scale < 99.95 ? 1 : 0), unit };
}

/** A share as a percentage; what is there is never "0 %". */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return MISSING;
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${fixed(100 * share, 0)} %`;
}

/** A parameter's value on an axis: as short as it can be said. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6))
    return value.toExponential(0).replace("e+", "e").replace("-", MINUS);
  return String(Number(value.toPrecision(4))).replace("-", MINUS);
}

/** Time of day, "14:32:07". */
export function timeOfDay(milliseconds: number): string {
  const date = new Date(milliseconds);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((each) => String(each).padStart(2, "0"))
    .join(":");
}
