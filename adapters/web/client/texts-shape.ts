import type { RefusalCode } from "../wire.ts";

/** A language of the page. */
export type PageLanguage = "ar" | "en";

/** Everything that the page says in one language. */
export interface Texts {
    readonly product: string;
    readonly otherLanguage: string;
    readonly signOut: string;
    readonly skip: string;
    readonly views: Readonly<
        Record<"chat" | "overview" | "figures" | "undelivered" | "errors", string>
    >;
    readonly connection: { readonly lost: string; readonly connecting: string };
    readonly close: string;
    readonly cancel: string;
    readonly details: string;
    readonly none: string;
    readonly signIn: {
        readonly title: string;
        readonly password: string;
        readonly submit: string;
        readonly byAddress: string;
        readonly ended: string;
        readonly retryIn: (minutes: number) => string;
    };
    readonly refusals: Readonly<Record<RefusalCode | "unreachable", string>>;
    readonly chat: {
        readonly title: string;
        readonly hint: string;
        readonly closed: string;
        readonly fresh: string;
        readonly empty: string;
        readonly examples: readonly string[];
        readonly message: string;
        readonly placeholder: string;
        readonly send: string;
        readonly stop: string;
        readonly attach: string;
        readonly drop: string;
        readonly remove: (name: string) => string;
        readonly picture: string;
        readonly file: string;
        readonly you: string;
        readonly assistant: string;
        readonly typing: string;
        readonly reply: string;
        readonly replyingTo: string;
        readonly sending: string;
        readonly waiting: string;
        readonly failed: string;
        readonly again: string;
        readonly tooLarge: (limit: string) => string;
    };
    readonly overview: {
        readonly title: string;
        readonly away: string;
        readonly nothing: string;
        readonly process: string;
        readonly does: string;
        readonly roles: Readonly<Record<"all" | "adapters" | "worker", string>>;
        readonly since: string;
        readonly memory: string;
        readonly version: string;
        readonly platforms: string;
        readonly noPlatforms: string;
        readonly conditions: Readonly<
            Record<"starting" | "standing-by" | "running" | "failing", string>
        >;
        readonly received: string;
        readonly delivered: string;
        readonly never: string;
        readonly model: string;
        readonly noModel: string;
        readonly demonstration: string;
        readonly device: string;
        readonly places: string;
        readonly busy: (busy: number, slots: number) => string;
        readonly pictures: string;
        readonly yes: string;
        readonly configuration: string;
        readonly applied: string;
        readonly afterRestart: string;
        readonly faults: string;
        readonly inOrder: string;
        readonly platformNames: Readonly<Record<string, string>>;
    };
    readonly link: {
        readonly code: string;
        readonly states: Readonly<
            Record<
                "starting" | "qr" | "pairing-code" | "ready" | "logged-out" | "failed",
                { readonly heading: string; readonly advice: string }
            >
        >;
    };
    readonly figures: {
        readonly title: string;
        readonly span: string;
        readonly table: string;
        readonly time: string;
        readonly unknown: string;
        readonly charts: Readonly<Record<ChartName, string>>;
        readonly series: Readonly<Record<string, string>>;
        readonly units: {
            readonly seconds: string;
            readonly milliseconds: string;
            readonly perSecond: string;
            readonly gigabytes: string;
        };
    };
    readonly undelivered: {
        readonly title: string;
        readonly about: string;
        readonly search: string;
        readonly account: string;
        readonly allAccounts: string;
        readonly from: string;
        readonly empty: string;
        readonly noneFound: string;
        readonly count: (count: number) => string;
        readonly written: string;
        readonly givenUp: string;
        readonly id: string;
        readonly open: string;
        readonly resend: string;
        readonly discard: string;
        readonly actions: string;
        readonly openWarning: string;
        readonly openAnyway: string;
        readonly recorded: string;
        readonly discardWarning: string;
        readonly resent: string;
        readonly discarded: string;
    };
    readonly errors: {
        readonly title: string;
        readonly empty: string;
        readonly times: (count: number) => string;
        readonly last: string;
        readonly toDo: string;
        readonly english: string;
    };
}

/** The plots, by name. */
export type ChartName =
    | "queue"
    | "wait"
    | "answer"
    | "firstToken"
    | "speed"
    | "device"
    | "memory"
    | "failures"
    | "safety";
