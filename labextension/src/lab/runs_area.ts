/** Where the side panel of runs stands; "none" hides it. */
export const AREAS = ["left", "right", "none"] as const;
export type Area = (typeof AREAS)[number];
