import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A body as Meta writes it: nothing but ASCII, slashes escaped. */
export function writeWebhook(payload: object): string {
    return JSON.stringify(payload)
        .replaceAll("/", "\\/")
        .replaceAll(/[\u007f-\uffff]/g, (unit) => {
            return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
        });
}

/** The signature that Meta sends with a body. */
export function signWebhook(body: string, appSecret: string): string {
    return `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
}

/** One answer to a webhook; `undefined`: there was no connection. */
export type WebhookAnswer = number | undefined;

/**
 * Delivers webhooks as Meta does: signed, those of one lane one after another, and again for as long
 * as they are not answered with 200.
 */
export class WebhookSender {
    /** All answers, in order. */
    readonly answers: WebhookAnswer[] = [];
    readonly #appSecret: string;
    readonly #lanes = new Map<string, string[]>();
    readonly #pumps = new Set<Promise<void>>();
    #stopped = false;

    constructor(appSecret: string) {
        this.#appSecret = appSecret;
    }

    /** Delivers a webhook, behind those of the same lane. */
    push(lane: string, address: string, payload: object): void {
        const name = `${address} ${lane}`;
        const waiting = this.#lanes.get(name);
        if (waiting) return void waiting.push(writeWebhook(payload));
        const bodies = [writeWebhook(payload)];
        this.#lanes.set(name, bodies);
        const pump = this.#pump(address, bodies).finally(() => {
            this.#lanes.delete(name);
            this.#pumps.delete(pump);
        });
        this.#pumps.add(pump);
    }

    /** How many webhooks wait to be taken. */
    get pending(): number {
        return [...this.#lanes.values()].reduce((sum, { length }) => sum + length, 0);
    }

    /** Delivers nothing any more. */
    async stop(): Promise<void> {
        this.#stopped = true;
        await Promise.all(this.#pumps);
    }

    async #pump(address: string, bodies: string[]): Promise<void> {
        while (bodies.length > 0 && !this.#stopped) {
            // What comes meanwhile has its turn afterwards.
            for (const body of bodies.slice()) {
                const status = await this.#deliver(address, body);
                if (status === 200) bodies.splice(bodies.indexOf(body), 1);
                // Nobody is there: the next would fare no better.
                if (status === undefined || this.#stopped) break;
            }
            if (bodies.length > 0) await sleep(10);
        }
    }

    async #deliver(address: string, body: string): Promise<WebhookAnswer> {
        let status: WebhookAnswer;
        try {
            const response = await fetch(address, {
                method: "POST",
                headers: {
                    "content-type": "application/json",
                    "user-agent": "facebookexternalua",
                    "x-hub-signature-256": signWebhook(body, this.#appSecret),
                },
                body,
            });
            await response.arrayBuffer();
            status = response.status;
        } catch {
            status = undefined;
        }
        this.answers.push(status);
        return status;
    }
}
