/**
 * The text of a file like .env with one variable set: in its own line where it has one, else at the
 * end. Everything else stays as it is.
 *
 * @param value Letters, digits and signs that need no quotes.
 */
export function editEnvironmentFile(text: string, name: string, value: string): string {
    const lines = text.split("\n");
    const own = new RegExp(String.raw`^\s*(?:export\s+)?${name}\s*=`);
    const at = lines.findIndex((line) => own.test(line));
    if (at !== -1) return lines.with(at, `${name}=${value}`).join("\n");
    const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    return `${before}${name}=${value}\n`;
}
