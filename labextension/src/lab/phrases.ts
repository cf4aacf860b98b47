/** Sentences of Python in the page's language: their book is loaded where it is spoken, and other pages spare it. */

import type { Language } from "./lab_texts";

let told: ((sentence: string) => string) | null = null;

/** A sentence in Chinese, as soon as the book is open. */
export const inChinese = (sentence: string): string => told?.(sentence) ?? sentence;

/** Whether all that is drawn now is in the language. */
export function isBookOpen(language: Language): boolean {
  return language === "en" || told !== null;
}

/** Waits for a part of the extension and for the language's book: what is drawn once is not drawn again for it. */
export async function withBook<T>(language: Language, part: Promise<T>): Promise<T> {
  if (!isBookOpen(language)) ({ told } = (await import("./phrases_zh")).CHINESE_BOOK);
  return part;
}
