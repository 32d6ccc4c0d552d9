/** What commander itself says, in Arabic. */

/** The titles of an explanation. */
const titles: Readonly<Record<string, string>> = {
    "Usage:": "الاستعمال:",
    "Arguments:": "المعطيات:",
    "Options:": "الخيارات:",
    "Global Options:": "خيارات لكل الأوامر:",
    "Commands:": "الأوامر:",
};

/** What is said of a wrong command line, and how it is said in Arabic. */
const errors: readonly (readonly [pattern: RegExp, arabic: string])[] = [
    [/^error: unknown command '(.*)'/, "لا يوجد أمر باسم $1"],
    [/^error: unknown option '(.*)'/, "لا يوجد خيار باسم $1"],
    [/^error: missing required argument '(.*)'/, "ينقص المعطى $1"],
    [/^error: option '(.*)' argument missing/, "تنقص قيمة الخيار $1"],
    [/^error: required option '(.*)' not specified/, "ينقص الخيار $1 ولا بد منه"],
    [/^error: option '(.*)' cannot be used with option '(.*)'/, "لا يجتمع الخياران $1 و $2"],
    [
        /^error: too many arguments(?: for '.*')?\. Expected (\d+) arguments? but got (\d+)\./,
        "عدد المعطيات $2، والمسموح به $1 فقط.",
    ],
    [
        /^error: (?:option|command-argument) '?(.*?)'? (?:argument|value) '(.*)' is invalid\. Allowed choices are (.*)\.$/m,
        "القيمة $2 غير صالحة للخيار $1. القيم الممكنة: $3",
    ],
    [/\(Did you mean (?:one of )?(.*)\?\)/, "(هل تقصد $1؟)"],
];

/** A title of an explanation in Arabic. */
export function arabicTitle(title: string): string {
    return titles[title] ?? title;
}

/** What is said behind the meaning of an option: its choices, its default. */
export function arabicExtras(description: string): string {
    return description
        .replace(/\(choices: (.*?)(, default: .*)?\)$/, "(القيم: $1$2)")
        .replace(/([(,] ?)default: (.*)\)$/, "$1القيمة الأصلية: $2)");
}

/** A complaint about the command line in Arabic. What is not known stays English. */
export function arabicComplaint(message: string): string {
    return errors.reduce((text, [pattern, arabic]) => text.replace(pattern, arabic), message);
}
