/**
 * The number that reaches an ambulance in each country, with who stands behind it, and the country's
 * time zone (IANA time zone database, zone.tab; absent where clocks differ within the country).
 * A number that is not the same in the whole country, or is not beyond doubt, is left out.
 */

/** What is known of a country. */
export interface Country {
    /** Reaches an ambulance from every telephone. */
    readonly ambulance?: string;
    /** Of the IANA database. */
    readonly timeZone?: string;
}

/** European Union: Directive (EU) 2018/1972, article 109, makes 112 reach ambulances everywhere. */
const inUnion = (timeZone?: string): Country => ({
    ambulance: "112",
    ...(timeZone === undefined ? {} : { timeZone }),
});

/** By their ISO 3166-1 alpha-2 codes: the Arab League first, then the others. */
export const countries = {
    // National Ambulance
    AE: { ambulance: "998", timeZone: "Asia/Dubai" },
    // Ministry of the Interior
    BH: { ambulance: "999", timeZone: "Asia/Bahrain" },
    DJ: { timeZone: "Africa/Djibouti" },
    // Protection Civile
    DZ: { ambulance: "14", timeZone: "Africa/Algiers" },
    // Egyptian Ambulance Organization
    EG: { ambulance: "123", timeZone: "Africa/Cairo" },
    IQ: { timeZone: "Asia/Baghdad" },
    // Public Security Directorate
    JO: { ambulance: "911", timeZone: "Asia/Amman" },
    KM: { timeZone: "Indian/Comoro" },
    // Ministry of Interior
    KW: { ambulance: "112", timeZone: "Asia/Kuwait" },
    // Lebanese Red Cross
    LB: { ambulance: "140", timeZone: "Asia/Beirut" },
    LY: { timeZone: "Africa/Tripoli" },
    MA: { timeZone: "Africa/Casablanca" },
    MR: { timeZone: "Africa/Nouakchott" },
    // Royal Oman Police
    OM: { ambulance: "9999", timeZone: "Asia/Muscat" },
    // Palestine Red Crescent Society; Asia/Gaza shows the same time
    PS: { ambulance: "101", timeZone: "Asia/Hebron" },
    // Hamad Medical Corporation, Ministry of Interior
    QA: { ambulance: "999", timeZone: "Asia/Qatar" },
    // Saudi Red Crescent Authority
    SA: { ambulance: "997", timeZone: "Asia/Riyadh" },
    SD: { timeZone: "Africa/Khartoum" },
    SO: { timeZone: "Africa/Mogadishu" },
    SY: { timeZone: "Asia/Damascus" },
    // Service d'aide médicale urgente (SAMU)
    TN: { ambulance: "190", timeZone: "Africa/Tunis" },
    YE: { timeZone: "Asia/Aden" },

    AT: inUnion("Europe/Vienna"),
    // Triple Zero
    AU: { ambulance: "000" },
    // National Emergency Service
    BD: { ambulance: "999", timeZone: "Asia/Dhaka" },
    BE: inUnion("Europe/Brussels"),
    BG: inUnion("Europe/Sofia"),
    // Serviço de Atendimento Móvel de Urgência (SAMU)
    BR: { ambulance: "192" },
    // Canadian Radio-television and Telecommunications Commission
    CA: { ambulance: "911" },
    // Sanitätsnotruf, Federal Office of Communications
    CH: { ambulance: "144", timeZone: "Europe/Zurich" },
    // National Health Commission; the whole country keeps the time of Beijing
    CN: { ambulance: "120", timeZone: "Asia/Shanghai" },
    // Asia/Famagusta shows the same time
    CY: inUnion("Asia/Nicosia"),
    CZ: inUnion("Europe/Prague"),
    // Büsingen shows the same time
    DE: inUnion("Europe/Berlin"),
    DK: inUnion("Europe/Copenhagen"),
    EE: inUnion("Europe/Tallinn"),
    // The Canary Islands differ
    ES: inUnion(),
    FI: inUnion("Europe/Helsinki"),
    // Overseas departments have codes of their own
    FR: inUnion("Europe/Paris"),
    // 999, Ofcom's National Telephone Numbering Plan
    GB: { ambulance: "999", timeZone: "Europe/London" },
    GR: inUnion("Europe/Athens"),
    HR: inUnion("Europe/Zagreb"),
    HU: inUnion("Europe/Budapest"),
    ID: {},
    IE: inUnion("Europe/Dublin"),
    // Emergency Response Support System
    IN: { ambulance: "112", timeZone: "Asia/Kolkata" },
    // Emergency Medical Services Organization
    IR: { ambulance: "115", timeZone: "Asia/Tehran" },
    IT: inUnion("Europe/Rome"),
    // Fire and Disaster Management Agency
    JP: { ambulance: "119", timeZone: "Asia/Tokyo" },
    // National Fire Agency
    KR: { ambulance: "119", timeZone: "Asia/Seoul" },
    // 1990 Suwa Seriya
    LK: { ambulance: "1990", timeZone: "Asia/Colombo" },
    LT: inUnion("Europe/Vilnius"),
    LU: inUnion("Europe/Luxembourg"),
    LV: inUnion("Europe/Riga"),
    MT: inUnion("Europe/Malta"),
    // Malaysian Emergency Response Services; Asia/Kuching shows the same time
    MY: { ambulance: "999", timeZone: "Asia/Kuala_Lumpur" },
    NL: inUnion("Europe/Amsterdam"),
    // Directorate of Health
    NO: { ambulance: "113", timeZone: "Europe/Oslo" },
    // Police, Fire and Ambulance (111); the Chatham Islands differ
    NZ: { ambulance: "111" },
    // Unified 911, Department of the Interior and Local Government
    PH: { ambulance: "911", timeZone: "Asia/Manila" },
    // Rescue 1122
    PK: { ambulance: "1122", timeZone: "Asia/Karachi" },
    PL: inUnion("Europe/Warsaw"),
    // The Azores differ
    PT: inUnion(),
    RO: inUnion("Europe/Bucharest"),
    SE: inUnion("Europe/Stockholm"),
    // Singapore Civil Defence Force
    SG: { ambulance: "995", timeZone: "Asia/Singapore" },
    SI: inUnion("Europe/Ljubljana"),
    SK: inUnion("Europe/Bratislava"),
    // National Institute for Emergency Medicine
    TH: { ambulance: "1669", timeZone: "Asia/Bangkok" },
    // 112 Acil Çağrı Merkezi, Ministry of Interior
    TR: { ambulance: "112", timeZone: "Europe/Istanbul" },
    // Federal Communications Commission
    US: { ambulance: "911" },
    // Emergency medical services
    ZA: { ambulance: "10177", timeZone: "Africa/Johannesburg" },
} as const satisfies Readonly<Record<string, Country>>;

/** A code of {@link countries}. */
export type CountryCode = keyof typeof countries;

/** All codes. */
export const countryCodes = Object.keys(countries) as readonly CountryCode[];

/** What is known of a country. */
export function countryOf(code: CountryCode | undefined): Country {
    return code === undefined ? {} : countries[code];
}

/** Names that people use besides those of Unicode, as {@link folded} writes them. */
const otherNames: ReadonlyMap<string, CountryCode> = new Map([
    ["ksa", "SA"],
    ["السعوديه", "SA"],
    ["uae", "AE"],
    ["emirates", "AE"],
    ["الامارات", "AE"],
    ["palestine", "PS"],
    ["فلسطين", "PS"],
    ["turkey", "TR"],
    ["uk", "GB"],
    ["britain", "GB"],
    ["بريطانيا", "GB"],
    ["usa", "US"],
    ["america", "US"],
    ["امريكا", "US"],
]);

/** Equal for names that differ only in case, dots, marks and the spellings of alef and ta marbuta. */
function folded(name: string): string {
    return name
        .normalize("NFKD")
        .replaceAll(/\p{Mn}|\./gu, "")
        .replaceAll("ة", "ه")
        .trim()
        .toLowerCase()
        .replace(/^the /, "");
}

/** The code of a country by its English or Arabic name, as Unicode (CLDR) has it or people say it. */
export function countryNamed(name: string): CountryCode | undefined {
    const wanted = folded(name);
    const other = otherNames.get(wanted);
    if (other !== undefined) return other;
    const names = (["en", "ar"] as const).map(
        (language) => new Intl.DisplayNames([language], { type: "region" }),
    );
    return countryCodes.find((code) =>
        names.some((inLanguage) => folded(inLanguage.of(code) ?? "") === wanted),
    );
}
