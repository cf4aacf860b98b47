/** Where words fit into a picture. */

/** Chinese, Japanese and Korean letters are about as wide as they are high. */
const WIDE = /[\u2e80-\uffef]/g;

/** About the width of a label of 11 px; a picture is drawn before it can be measured. */
export function textWidth(text: string): number {
  return text.length * 6.2 + (text.match(WIDE)?.length ?? 0) * 4.8;
}

/** The text, or its beginning and "…" when it is wider than `pixels`. */
export function fitText(text: string, pixels: number): string {
  const width = textWidth(text);
  return width <= pixels
    ? text
    : `${text.slice(0, Math.max(1, Math.floor((pixels / width) * text.length) - 1))}…`;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * The spot (a top left corner) inside `bounds` where a label of 12 px height covers least of what is taken, the
 * first of equals; null when more than `tolerated` boxes would be covered.
 */
export function freestSpot(
  spots: readonly { x: number; y: number }[],
  width: number,
  taken: readonly Box[],
  bounds: Box,
  tolerated = 0,
): Box | null {
  let best: Box | null = null;
  let fewest = tolerated + 1;
  for (const { x, y } of spots) {
    const box = { x, y, width, height: 12 };
    const isInside =
      x >= bounds.x &&
      y >= bounds.y &&
      x + width <= bounds.x + bounds.width &&
      y + 12 <= bounds.y + bounds.height;
    const covered = isInside ? taken.filter((other) => overlaps(box, other)).length : Infinity;
    if (covered < fewest) [best, fewest] = [box, covered];
  }
  return best;
}

/** Spots for a label around a mark: right, above, left, below, then the corners. */
export function spotsAround(x: number, y: number, radius: number, width: number): { x: number; y: number }[] {
  const gap = radius + 4;
  return [
    { x: x + gap, y: y - 6 },
    { x: x - width / 2, y: y - gap - 12 },
    { x: x - gap - width, y: y - 6 },
    { x: x - width / 2, y: y + gap },
    { x: x + radius, y: y - gap - 11 },
    { x: x - radius - width, y: y - gap - 11 },
    { x: x + radius, y: y + gap - 1 },
    { x: x - radius - width, y: y + gap - 1 },
    { x: x - radius, y: y + gap + 10 },
    { x: x - radius, y: y - gap - 24 },
  ];
}

/** Small boxes along a line, for labels to keep clear of it. */
export function boxesAlong(points: readonly { x: number; y: number }[]): Box[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to;
    const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 6));
    return Array.from({ length: count + 1 }, (_, k) => ({
      x: from.x + ((to.x - from.x) * k) / count - 1,
      y: from.y + ((to.y - from.y) * k) / count - 1,
      width: 2,
      height: 2,
    }));
  });
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
