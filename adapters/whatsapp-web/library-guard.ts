import type { Client } from "whatsapp-web.js";
import { restoreMessageNames } from "./message-names.ts";

type Page = NonNullable<Client["pupPage"]>;
type Listener = (...values: unknown[]) => unknown;

/** What of the library is taken hold of, though it is not in its types. */
interface Internals {
    pupPage: Page | null;
    destroy: () => Promise<void>;
    requestPairingCode: (...values: unknown[]) => Promise<unknown>;
    attachEventListeners: () => Promise<void>;
}

/** Who hears of the library's failures. */
export interface FaultHandlers {
    /** A rejection that the library does not handle. */
    readonly onFault: (error: unknown) => void;
    /** WhatsApp gave no pairing code. */
    readonly onPairingRefused: (error: unknown) => void;
    /**
     * The library hears the page's messages from now on. It says `ready` earlier when the page has
     * said twice that it is synchronised.
     */
    readonly onListening: () => void;
}

/**
 * Catches what whatsapp-web.js lets fall: it starts promises that nobody awaits, in listeners of the
 * page and on its own, and a rejection of these would end the process. They go to `onFault`.
 *
 * It also no longer closes the browser by itself: whoever started it ends it.
 */
export function guardClient(
    client: Client,
    { onFault, onPairingRefused, onListening }: FaultHandlers,
): void {
    const internals = client as unknown as Internals;
    let page = internals.pupPage;
    Object.defineProperty(client, "pupPage", {
        configurable: true,
        enumerable: true,
        get: () => page,
        set: (value: Page | null) => {
            page = value;
            if (value) guardPage(value, onFault);
        },
    });
    internals.destroy = () => Promise.resolve();
    const requestPairingCode = internals.requestPairingCode.bind(client);
    internals.requestPairingCode = (...values) =>
        requestPairingCode(...values).catch(onPairingRefused);
    const attachEventListeners = internals.attachEventListeners.bind(client);
    internals.attachEventListeners = async () => {
        try {
            await page?.evaluate(restoreMessageNames);
            await attachEventListeners();
            onListening();
        } catch (error) {
            // The page, which called this, would keep it to itself.
            onFault(error);
            throw error;
        }
    };
    client.on("error", onFault);
}

function guardPage(page: Page, onFault: (error: unknown) => void): void {
    const guarded = page as unknown as { on: (name: string, listener: Listener) => unknown };
    const on = guarded.on.bind(page);
    guarded.on = (name, listener) =>
        on(name, (...values: unknown[]) => {
            const guardedValues = name === "request" ? values.map(guardRequest) : values;
            // A listener that throws at once stops at puppeteer; one that is async does not.
            const result = listener(...guardedValues);
            if (result instanceof Promise) result.catch(onFault);
            return result;
        });

    /** The library answers requests without awaiting that; a page that goes away refuses. */
    function guardRequest(request: unknown): unknown {
        return new Proxy(request as object, {
            get: (target, name) => {
                const value: unknown = Reflect.get(target, name, target);
                if (typeof value !== "function") return value;
                const method = value.bind(target) as Listener;
                if (name !== "respond" && name !== "continue") return method;
                return (...values: unknown[]) =>
                    (method(...values) as Promise<void>).catch(onFault);
            },
        });
    }
}
