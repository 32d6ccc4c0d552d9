/** The name of a message. */
interface MessageKey {
    toString(): string;
}

/** What is touched within the page: names of messages, and how the library reads a message. */
interface PageGlobals {
    require: (name: "WAWebMsgKey") => { readonly prototype: object };
    WWebJS: { getMessageModel: (message: { readonly id: MessageKey }) => { id: object } };
}

/**
 * Runs within the page, after the library's own functions are there. Since July 2026 WhatsApp Web
 * keeps the whole name of a message in a field that its build names anew (`$1`); the library reads
 * `_serialized`, as it was called before, and without it knows no message. `toString` gives the name
 * in every version, so `_serialized` is made from it.
 *
 * Source: https://github.com/wwebjs/whatsapp-web.js/issues/201830
 */
export function restoreMessageNames(): void {
    const page = globalThis as unknown as PageGlobals;
    const field = "_serialized";
    Object.defineProperty(page.require("WAWebMsgKey").prototype, field, {
        configurable: true,
        get(this: MessageKey) {
            return String(this);
        },
        // Versions that set the field themselves go on doing so.
        set(this: MessageKey, value: unknown) {
            const own = { value, configurable: true, enumerable: true, writable: true };
            Object.defineProperty(this, field, own);
        },
    });
    const { getMessageModel } = page.WWebJS;
    page.WWebJS.getMessageModel = (message) => {
        const model = getMessageModel(message);
        // What leaves the page has only the fields of the object itself.
        model.id = { ...model.id, [field]: String(message.id) };
        return model;
    };
}
