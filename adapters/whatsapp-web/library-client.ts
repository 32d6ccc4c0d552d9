import { join } from "node:path";
import type { Client, ClientOptions } from "whatsapp-web.js";
import whatsapp from "whatsapp-web.js";
import { type FaultHandlers, guardClient } from "./library-guard.ts";
import { versionsName } from "./session-folder.ts";

/** How a client of WhatsApp Web is made. */
export interface LibraryOptions extends FaultHandlers {
    readonly sessionFolder: string;
    readonly browserPath: string;
    /** A version of WhatsApp Web that lies in the folder; default: today's. */
    readonly webVersion?: string;
    /** The phone to link by a code instead of a QR code: digits with the country's prefix. */
    readonly pairWithPhone?: string;
    readonly startMs: number;
}

/** For a browser that shows nothing, plays nothing, and may run where /dev/shm is small. */
const browserFlags = [
    "--disable-gpu",
    "--mute-audio",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
];

/** Leaves the folder alone when the phone unlinks: the browser still runs in it then. */
class KeptAuth extends whatsapp.LocalAuth {
    override logout = (): Promise<void> => Promise.resolve();
}

/** A client that is not started yet. Its browser ends when this process does, however it ends. */
export function createClient(options: LibraryOptions): Client {
    const { sessionFolder, browserPath, webVersion, pairWithPhone, startMs } = options;
    const asRoot = process.getuid?.() === 0;
    const clientOptions: ClientOptions = {
        authStrategy: new KeptAuth({ dataPath: sessionFolder }),
        authTimeoutMs: startMs,
        webVersionCache: { type: "local", path: join(sessionFolder, versionsName) },
        ...(webVersion === undefined ? {} : { webVersion }),
        ...(pairWithPhone === undefined
            ? {}
            : {
                  pairWithPhoneNumber: {
                      phoneNumber: pairWithPhone,
                      showNotification: true,
                      intervalMs: 180_000,
                  },
              }),
        puppeteer: {
            headless: true,
            executablePath: browserPath,
            // Chromium refuses to run as root with its sandbox.
            args: asRoot ? [...browserFlags, "--no-sandbox"] : browserFlags,
            // A browser at the end of a pipe ends with us; one at a socket would stay.
            pipe: true,
            handleSIGINT: false,
            handleSIGTERM: false,
            handleSIGHUP: false,
            protocolTimeout: startMs,
            timeout: startMs,
        },
    };
    const client = new whatsapp.Client(clientOptions);
    guardClient(client, options);
    return client;
}
