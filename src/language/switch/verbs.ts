/** What an Arabic verb says of a language, in Arabic letters or in Latin ones. */
export interface ArabicVerb {
    readonly kind: "act" | "light" | "change" | "able";
    /** `order` is an imperative, which often cannot be told from the first person. */
    readonly person: "order" | "you" | "we" | "third" | "past";
    /** The negation is part of the word: "مبفهمش". */
    readonly negated: boolean;
}

interface Stem {
    readonly kind: ArabicVerb["kind"];
    readonly stem: RegExp;
    /** Without a prefix the stem is an imperative; of the other verbs it is the past. */
    readonly ordersBare: boolean;
}

const suffix =
    "(?:ي|و|وا|ون|ين)?(?:ني|نا|ن)?(?:هو?|ها|هم)?(?:كم?)?(?:لي|لنا|ل[هك]م?|لها|ليا)?(?:ني|ياها|ياه|ه|ها|هم)?";

const inArabic: readonly Stem[] = [
    {
        kind: "act",
        ordersBare: true,
        stem: stem(
            "ت?جاوب|رد|ت?كلم|تحدث|ت?خاطب|ت?حاكي?|ت?حاجي?|ت?كمل|ت?تابع|واصل|تواصل|راسل|وضح|فسر|(?:فهم|علم|خبر)(?=ني|نا)|دردش|سولف|هرج|ناقش|تحاور|بسط|هضر|هدر|دوي|حدث|شرح|كرر|عيد(?=ه|و|ي|ل|$)|صيغ",
        ),
    },
    {
        kind: "act",
        ordersBare: false,
        stem: stem("جيب|جب|حكي?|حجي?|ستمر|ستانف|عيد"),
    },
    {
        kind: "light",
        ordersBare: true,
        stem: stem("ق[ول]*ل|عط|ترجم|لخص|حط|خل|سوي?|وري?|ورجي?|نزل|عد|رسل|بعت|بعث|فرجي?|دز|طرش|ذكر"),
    },
    { kind: "light", ordersBare: false, stem: stem("كتب|عمل|كون|بع[تث]|قرا|رسل|عطي") },
    {
        kind: "change",
        ordersBare: true,
        stem: stem(
            "غير|حول|بدل|استخدم|ستخدم|استعمل|ستعمل|ضبط|رجع|انتقل|نتقل|شغل|جرب|دعم|مشي|ثبت|ختار|قلب|دير|خلي",
        ),
    },
    {
        kind: "able",
        ordersBare: false,
        stem: stem("فت?هم|عرف|قر[اءي]?|جيد|تقن|ستوعب|ستطيع|قدر|ت?علم"),
    },
];

function stem(alternatives: string): RegExp {
    return new RegExp(
        `^(?<no>م|ما)?(?<aspect>[وف]|ب|ح|ه|ك|كا|كن|س|ل|غ|عم|د)?(?<person>[اتني]|ات|ست)?(?:${alternatives})(?<past>ت(?:وا?|ي|ك|كم|ل[يك])?|نا)?${suffix}(?<not>ش)?$`,
        "u",
    );
}

/** @param word In the letters of `foldLetters`, in Arabic script. */
export function verbInArabic(word: string): ArabicVerb | undefined {
    if (word.length < 2 || word.length > 14) return undefined;
    for (const { kind, ordersBare, stem: pattern } of inArabic) {
        const form = pattern.exec(word)?.groups;
        if (form === undefined) continue;
        const { no, not, aspect } = form;
        const person = form["person"]?.at(-1) ?? aspect;
        // "مبفهم" is negated, "مواصلة" is not.
        if (no === "م" && person === undefined) continue;
        const negated = no !== undefined || not !== undefined;
        const past = form["past"];
        const isPast = past !== undefined;
        // "اتكلمت": the prefix is of the stem, the past tense of the ending.
        const isTold = past?.startsWith("ت") === true && /^[تا]$/.test(person ?? "");
        const letter = isPast && kind === "able" ? "ا" : isTold ? undefined : person;
        return { kind, negated, person: personOf(letter, isPast, ordersBare) };
    }
    return undefined;
}

function personOf(
    prefix: string | undefined,
    isPast: boolean,
    ordersBare: boolean,
): ArabicVerb["person"] {
    if (prefix === "ي") return "third";
    if (prefix === "ت") return "you";
    if (prefix === "ن") return "we";
    if (prefix === "ا" || prefix === "ب" || prefix === "د") return "order";
    return isPast || !ordersBare ? "past" : "order";
}

const inLatin: readonly Stem[] = [
    {
        kind: "act",
        ordersBare: true,
        stem: skeleton(
            "t?[jg]wb|rdd?|t?klm|t?7dth|khtb|7ks|dwy|hdr|khdr|kml|wd7|wa?[9dt]7|tb3|drdsh|swlf|hrj|3yd|3awd|krr|fsr",
        ),
    },
    {
        kind: "act",
        ordersBare: true,
        stem: skeleton("[7h](?:k|tch|ch|j)|shr[7h]|chr[7h]|fhm(?=n)"),
    },
    {
        kind: "light",
        ordersBare: true,
        stem: skeleton("ktb|[q2gk]l|trjm|trgm|b3[tsth]+|[8g]?3[td]|s[wv]|khl|5l"),
    },
    {
        kind: "change",
        ordersBare: true,
        stem: skeleton("(?:gh?|8|3)yr|[7h]wl|bdl|st[3a]?ml|stkhdm|sta5dm|rj3|rg3|[7h]t"),
    },
    {
        kind: "able",
        ordersBare: false,
        stem: skeleton("ft?hm|3rf|[q9]?r2?|2r2?|[q2][dtg]r|[jg]yd|2?ra2"),
    },
];

function skeleton(alternatives: string): RegExp {
    return new RegExp(
        `^(?<no>m)?(?<aspect>b|kn?|7|h|w)?(?<person>[tnyi])?(?:${alternatives})(?<past>t)?y?(?:n|ny|h|l|ly|ln|lh|nl|hl|k|km|kn)?(?<not>sh|ch|x)?$`,
        "u",
    );
}

const arabicPrefixes = new Map(
    Object.entries({ t: "ت", n: "ن", y: "ي", i: "ا", b: "ب", k: "ب", kn: "ن" }),
);

/** @param word In lower case, without apostrophes, in Latin letters. */
export function verbInLatin(word: string): ArabicVerb | undefined {
    if (word.length < 3 || word.length > 14) return undefined;
    const consonants = word
        .replaceAll(/(.)\1+/g, "$1")
        .replaceAll(/[aeou]/g, "")
        .replaceAll(/(?<=.)i(?!$)|(?<=.)[iy]$/g, "");
    for (const { kind, ordersBare, stem: pattern } of inLatin) {
        const form = pattern.exec(consonants)?.groups;
        if (form === undefined) continue;
        if (form["no"] !== undefined && kind !== "able") continue;
        const negated = form["not"] !== undefined || form["no"] !== undefined;
        const prefix = form["person"] ?? form["aspect"] ?? "";
        const isPast = form["past"] !== undefined && form["person"] === undefined;
        const orders = ordersBare || /^(?:ma?)?[aei]/.test(word);
        const ownPast = isPast && kind === "able";
        const letter = ownPast ? "ا" : arabicPrefixes.get(prefix);
        return { kind, negated, person: personOf(letter, isPast, orders) };
    }
    return undefined;
}
