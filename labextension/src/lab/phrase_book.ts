/**
 * Sentences that Python has written, in the page's language.
 *
 * A kernel does not know who reads: two pages in two languages may look at one run, and its log outlives both. So a
 * document says everything in English, and a page translates what its book knows and leaves the rest as it is.
 */

/**
 * A phrase and its translation. In the phrase `{}` stands for anything within a clause, which is kept as it is, `{#}`
 * for a number, `{*}` for what is translated too, and `(s)` for a plural that may be absent; `{1}` in the translation is the
 * first of them.
 */
export type Phrase = readonly [english: string, other: string];

/** Marks between parts of a sentence that stand for themselves, and those of the other language. */
export type Joints = readonly (readonly [english: string, other: string])[];

const MOST_REMEMBERED = 2_000;
const HOLES = /(\{[#*]?\}|\(s\))/;

interface Pattern {
  matches: RegExp;
  translated: readonly boolean[];
  other: string;
}

export class PhraseBook {
  readonly #phrases: readonly Phrase[];
  readonly #joints: Joints;
  readonly #fullStop: string;
  #patterns: Pattern[] | null = null;
  readonly #remembered = new Map<string, string | null>();

  constructor(phrases: readonly Phrase[], joints: Joints, fullStop: string) {
    this.#phrases = phrases;
    this.#joints = joints;
    this.#fullStop = fullStop;
  }

  /** A sentence in the other language, or as it is where no phrase is like it. */
  readonly told = (sentence: string): string => this.#known(sentence) ?? sentence;

  #known(sentence: string): string | null {
    const known = this.#remembered.get(sentence);
    if (known !== undefined) return known;
    // A log of hours has no end of lines: what was said long ago is translated again when somebody asks.
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    const found = this.#matched(sentence) ?? this.#withoutStop(sentence) ?? this.#inParts(sentence);
    this.#remembered.set(sentence, found);
    return found;
  }

  #matched(sentence: string): string | null {
    this.#patterns ??= this.#phrases.map(compiled);
    for (const { matches, translated, other } of this.#patterns) {
      const parts = matches.exec(sentence);
      if (parts === null) continue;
      return other.replace(/\{(\d)\}/g, (_, place: string) => {
        const part = parts[Number(place)] ?? "";
        return translated[Number(place) - 1] === true ? this.told(part) : part;
      });
    }
    return null;
  }

  #withoutStop(sentence: string): string | null {
    if (!sentence.endsWith(".")) return null;
    const known = this.#known(sentence.slice(0, -1));
    return known === null ? null : `${known}${this.#fullStop}`;
  }

  /** Translated where one of its parts is known; in an enumeration all must be, or it may be text from data. */
  #inParts(sentence: string): string | null {
    for (const [mark, joint] of this.#joints) {
      if (!sentence.includes(mark)) continue;
      const parts = sentence.split(mark);
      const known = parts.map((part) => this.#known(part));
      const enough = mark === ", " ? !known.includes(null) : known.some((part) => part !== null);
      if (enough) return parts.map((part, place) => known[place] ?? part).join(joint);
    }
    return null;
  }
}

function compiled([english, other]: Phrase): Pattern {
  const translated: boolean[] = [];
  const source = english.split(HOLES).map((part) => {
    if (part === "(s)") return "s?";
    if (part === "{#}") translated.push(false);
    else if (part === "{}" || part === "{*}") translated.push(part === "{*}");
    else return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    if (part === "{#}") return "([+−±-]?[\\d.,]*\\d(?:e[+−-]?\\d+)?)";
    return part === "{}" ? "((?:(?!; ).)+?)" : "(.+?)";
  });
  return { matches: new RegExp(`^${source.join("")}$`, "iu"), translated, other };
}
