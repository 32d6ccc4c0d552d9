import type { PlatformAccount } from "../message.ts";
import type { LinkDisplay, LinkState, Platform } from "../ports.ts";
import type { ConditionDisplay, PlatformCondition, PlatformStatus } from "../status-ports.ts";

type Standing = Pick<PlatformStatus, "account" | "condition" | "sinceMs" | "link">;

/** How the accounts of one process stand. */
export class PlatformConditions implements ConditionDisplay {
    readonly #standings = new Map<PlatformAccount, Standing>();

    show(account: PlatformAccount, condition: PlatformCondition): void {
        const { link, ...before } = this.#of(account);
        const same = JSON.stringify(before.condition) === JSON.stringify(condition);
        this.#standings.set(account, {
            account,
            condition,
            sinceMs: same ? before.sinceMs : Date.now(),
            ...(link === undefined ? {} : { link }),
        });
    }

    /** A display that passes everything on to `display`, and learns of the accounts by it. */
    watchLinks(display: LinkDisplay): LinkDisplay {
        return {
            show: (account, state) => {
                this.show(account, conditionOf(state));
                this.#standings.set(account, { ...this.#of(account), link: state.name });
                display.show(account, state);
            },
        };
    }

    /** The same platform; its account is standing by while it does not receive. */
    watchPlatform(platform: Platform): Platform {
        const { account, sharing } = platform;
        // Who shares an account with others may wait for its turn as long as the process runs.
        const idle = sharing === "together" ? "starting" : "standing-by";
        this.show(account, { name: idle });
        return {
            name: platform.name,
            sharing,
            account,
            run: async (receive, signal, glance) => {
                this.show(account, { name: "starting" });
                try {
                    await platform.run(receive, signal, glance);
                } finally {
                    this.show(account, { name: idle });
                }
            },
            download: (attachment, maxBytes, signal) =>
                platform.download(attachment, maxBytes, signal),
            startReply: (to, journal) => platform.startReply(to, journal),
        };
    }

    /** In the order in which they were first heard of. */
    list(): readonly Standing[] {
        return [...this.#standings.values()];
    }

    #of(account: PlatformAccount): Standing {
        const unknown = { account, condition: { name: "starting" }, sinceMs: Date.now() } as const;
        return this.#standings.get(account) ?? unknown;
    }
}

function conditionOf(state: LinkState): PlatformCondition {
    switch (state.name) {
        case "starting":
            return { name: "starting" };
        case "ready":
            return { name: "running" };
        case "qr":
        case "pairing-code":
            return {
                name: "failing",
                reason: "WhatsApp is not linked with a phone.",
                remedy: "Link the clinic's phone with the code that the local page and the terminal show.",
            };
        case "logged-out":
            return {
                name: "failing",
                reason: "The phone has unlinked this program; a new code follows.",
                remedy: "Link the phone again with the new code.",
            };
        case "failed":
            return { name: "failing", reason: state.reason, remedy: state.remedy };
    }
}
