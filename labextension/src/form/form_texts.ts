/** Every sentence of the form, in one place. */

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

export const FORM_TEXTS = {
  form: "Start a search",
  unreadable: "This panel was written by another version of lepton-jupyter and cannot be shown by this one.",
  starting: "Starting",
  table: "Table",
  aFile: "a file …",
  path: "Path of a file",
  pathPlaceholder: "data.csv",
  pathHint: "a path or an address; or make a table first: df = pd.read_csv(…)",
  target: "Target",
  targetPlaceholder: "column to predict",
  budget: "Budget",
  options: "Options",
  barred: (other: string) => `not beside ${other}`,
  add: "add …",
  removeFrom: (value: string, label: string) => `Remove ${value} from ${label}`,
  moreColumns: (count: number) => `${plural(count, "more column")}: type to find them`,
  line: "The line that Start runs",
  copy: "Copy",
  copied: "Copied",
  copyTitle: "Copy the line",
  startSearch: "Start",
  startTitle: "Put this line into a new cell and run it",
  silent: "The kernel is silent: run this cell again.",
  awaitsKernel: "Starts when the cell that is running has ended.",
  placed: "The line stands in the cell below and runs as soon as the kernel is free.",
  failedBelow: "The line could not be run; the cell below says why.",
  started: "Started. To search again, change a choice and press Start.",
  wantsTable: "Choose a table: make one by df = pd.read_csv(…), or type the path of a file.",
  wantsTarget: "Type the name of the column to predict.",

  /** What Python has written, in the page's language. */
  told: (sentence: string) => sentence,

  // Names, meanings and kinds come from Python, in English: another language knows its own words for them by name.
  option: (name: string) => {
    const words = name.replace(/^-+/, "").replaceAll("-", " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  },
  meaning: (_name: string, meaning: string) => meaning,
  kind: (kind: string) => kind,
} as const;
