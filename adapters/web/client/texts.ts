import { arabic } from "./texts-ar.ts";
import { english } from "./texts-en.ts";
import type { PageLanguage, Texts } from "./texts-shape.ts";

/** What the page says. */
export const texts: Readonly<Record<PageLanguage, Texts>> = { ar: arabic, en: english };
