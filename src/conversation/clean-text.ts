/**
 * Characters that a patient never means to send and that can mislead a reader or the model: control
 * characters other than tab and line feed, embeddings, overrides and isolates of the bidirectional
 * algorithm (UAX #9: text shown in another order than it is read), invisible "tag" characters, byte
 * order marks and non-characters. Joiners (ZWJ, ZWNJ) and the marks LRM, RLM and ALM stay: Arabic
 * and emoji need them.
 */
const unwanted =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * More marks on one letter than any language writes (UAX #15, stream-safe text): putting them in
 * order takes time with the square of their number.
 */
const excessMarks = /(\p{M}{30})\p{M}+/gu;

/**
 * A message's text as the rest of the product may rely on it: well-formed Unicode in normal form C,
 * line feeds as the only line ends, at most two in a row, none of the {@link unwanted} characters,
 * no white space at either end. Takes time linear in the length.
 */
export function cleanText(text: string): string {
    const cleaned = text
        .toWellFormed()
        .replace(/\r\n?/g, "\n")
        .replace(unwanted, "")
        .replace(excessMarks, "$1")
        .normalize("NFC")
        .replace(/\n{3,}/g, "\n\n")
        .trim();
    // Joiners and direction marks alone show nothing: such a message is empty.
    return /^[\p{Cf}\s]*$/u.test(cleaned) ? "" : cleaned;
}
