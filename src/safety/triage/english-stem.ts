/**
 * The stem under which the forms of an English word meet: breath, breathe, breathes, breathing.
 * Deliberately light: it takes off endings of verbs and of the plural, nothing that changes a
 * word's meaning.
 */
export function englishStem(word: string): string {
    let stem = word;
    if (stem.length > 4 && stem.endsWith("ies")) stem = `${stem.slice(0, -3)}y`;
    else if (stem.length > 4 && /(?:s|x|z|ch|sh)es$/.test(stem)) stem = stem.slice(0, -2);
    else if (stem.length > 3 && /[^su]s$/.test(stem)) stem = stem.slice(0, -1);
    if (stem.length > 5 && stem.endsWith("ness")) stem = stem.slice(0, -4);
    if (stem.length > 5 && /[aeiouy].*ing$/.test(stem)) stem = stem.slice(0, -3);
    else if (stem.length > 4 && /[aeiouy].*[^e]ed$/.test(stem)) stem = stem.slice(0, -2);
    if (stem.length > 3 && stem.endsWith("e")) stem = stem.slice(0, -1);
    if (stem.length > 3 && /([b-df-hj-np-tvwxz])\1$/.test(stem)) stem = stem.slice(0, -1);
    if (stem.length > 2 && stem.endsWith("y")) stem = `${stem.slice(0, -1)}i`;
    return stem.length >= 3 ? stem : word;
}
