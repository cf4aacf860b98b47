/** Where words fit into a picture. */

/** About the width of a label of 11 px; a picture is drawn before it can be measured. */
export function textWidth(text: string): number {
  return text.length * 6.2;
}

/** The text, or its beginning and "…" when it is wider than `pixels`. */
export function fitText(text: string, pixels: number): string {
  if (textWidth(text) <= pixels) return text;
  return `${text.slice(0, Math.max(1, Math.floor(pixels / 6.2) - 1))}…`;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
