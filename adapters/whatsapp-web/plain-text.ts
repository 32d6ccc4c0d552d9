const unseen = /[\u200A\u200E\u200F\u2060-\u2064\u2066-\u2069]/g;
const directions = "\u200E\u200F\u2066-\u2069";
const styled = new RegExp(
    String.raw`(^|[\s\p{P}~${directions}])([*_~])(?=[^\s*_~])(.*?\S)\2(?=$|[\s\p{P}~${directions}])`,
    "gmu",
);

/** The words of one of the assistant's own messages, without WhatsApp's marks for formatting. */
export function plainText(message: string): string {
    let text = message.replaceAll(/`{1,3}([^`]+)`{1,3}/g, "$1").replaceAll(/^> /gm, "");
    for (let before = ""; before !== text;) {
        before = text;
        text = text.replaceAll(styled, "$1$3");
    }
    return text.replaceAll(unseen, "");
}
