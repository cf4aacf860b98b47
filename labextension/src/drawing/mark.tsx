/** The mark of a family: colour and shape together, so that colour is never needed. */

const FAMILIES = new Set([
  "linear",
  "boosting",
  "forest",
  "neural",
  "neighbours",
  "bayes",
  "kernel",
  "ensemble",
]);

/** The class that colours a family; unknown ones share a grey. */
export function familyClass(family: string): string {
  return `lepton-f-${FAMILIES.has(family) ? family : "other"}`;
}

interface MarkProps {
  family: string;
  x: number;
  y: number;
  radius: number;
  opacity?: number;
}

/** A family's mark within a picture; areas are alike for one radius. */
export function Mark({ family, x, y, radius, opacity }: MarkProps) {
  const colour = familyClass(family);
  const shared = opacity === undefined ? {} : { opacity };
  if (family === "ensemble") {
    return <circle class={`${colour} lepton-ring`} cx={x} cy={y} r={radius} {...shared} />;
  }
  if (family === "boosting") {
    return <circle class={`${colour} lepton-dot`} cx={x} cy={y} r={radius} {...shared} />;
  }
  return <path class={`${colour} lepton-dot`} d={outline(family, x, y, radius)} {...shared} />;
}

function outline(family: string, x: number, y: number, r: number): string {
  const at = (dx: number, dy: number): string => `${round(x + dx * r)} ${round(y + dy * r)}`;
  switch (family) {
    case "linear":
      return `M${at(-0.88, -0.88)}H${round(x + 0.88 * r)}V${round(y + 0.88 * r)}H${round(x - 0.88 * r)}z`;
    case "forest":
      return `M${at(0, -1.15)}L${at(1.1, 0.8)}L${at(-1.1, 0.8)}z`;
    case "neighbours":
      return `M${at(0, 1.15)}L${at(1.1, -0.8)}L${at(-1.1, -0.8)}z`;
    case "neural":
      return `M${at(0, -1.25)}L${at(1.25, 0)}L${at(0, 1.25)}L${at(-1.25, 0)}z`;
    case "kernel":
      return `M${Array.from({ length: 10 }, (_, turn) => {
        const [angle, reach] = [(turn * Math.PI) / 5, turn % 2 ? 0.6 : 1.4];
        return at(reach * Math.sin(angle), -reach * Math.cos(angle));
      }).join("L")}z`;
    default: {
      const arm = [
        [-0.4, -1.1],
        [0.4, -1.1],
        [0.4, -0.4],
        [1.1, -0.4],
        [1.1, 0.4],
        [0.4, 0.4],
      ] as const;
      const rest = [
        [0.4, 1.1],
        [-0.4, 1.1],
        [-0.4, 0.4],
        [-1.1, 0.4],
        [-1.1, -0.4],
        [-0.4, -0.4],
      ] as const;
      return `M${[...arm, ...rest].map(([dx, dy]) => at(dx, dy)).join("L")}z`;
    }
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A family's mark beside a word. */
export function InlineMark({ family }: { family: string }) {
  return (
    <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
      <Mark family={family} x={5} y={5} radius={family === "ensemble" ? 3.6 : 4} />
    </svg>
  );
}
