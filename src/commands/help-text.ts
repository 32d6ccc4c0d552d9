import type { Language } from "../message.ts";

/** A text in each language of the product. */
export type Bilingual = Readonly<Record<Language, string>>;
