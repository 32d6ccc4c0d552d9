/**
 * What the clinic's administrator sees of the running processes, and what is written down of
 * administrative acts. Nothing here ever holds what a patient wrote, a name, a number or a token.
 */
import type { PlatformAccount } from "./message.ts";
import type { DeviceMemory, LinkState, ModelDescription } from "./ports.ts";

/** How an account stands within one process. */
export type PlatformCondition =
    | { readonly name: "starting" }
    /** Another process of the clinic receives for this account. */
    | { readonly name: "standing-by" }
    | { readonly name: "running" }
    /** It is tried again by itself. */
    | { readonly name: "failing"; readonly reason: string; readonly remedy?: string };

/** Where an adapter says how its account stands. */
export interface ConditionDisplay {
    /** Called at every change, perhaps more often. Never fails. */
    show(account: PlatformAccount, condition: PlatformCondition): void;
}

/** One account of one process. */
export interface PlatformStatus {
    readonly account: PlatformAccount;
    readonly condition: PlatformCondition;
    /** Since when, in milliseconds since 1970. */
    readonly sinceMs: number;
    /** When a message came last; absent: none since the start. */
    readonly receivedAtMs?: number;
    /** When a reply was delivered last; absent: none since the start. */
    readonly deliveredAtMs?: number;
    /** How the link with the phone stands, where there is one; codes are told to nobody else. */
    readonly link?: LinkState["name"];
}

/** A distribution of recent values, in the unit of its field; absent fields: nothing happened yet. */
export interface Distribution {
    readonly count: number;
    readonly p50: number;
    readonly p95: number;
    readonly max: number;
}

/** The model of one process, and how it has done in the last five minutes. */
export interface ModelStatus {
    readonly description: ModelDescription;
    /** Conversations that are answered at once, at most and just now. */
    readonly slots: number;
    readonly busy: number;
    /** While an answer is written. */
    readonly tokensPerSecond?: Distribution;
    /** From the request to the first token, in milliseconds. */
    readonly firstTokenMs?: Distribution;
    /** Encoding of the pictures of one answer, in milliseconds. */
    readonly imageMs?: Distribution;
    /** Of the device that computes; absent where it has no memory of its own. */
    readonly deviceMemory?: DeviceMemory;
}

/** A failure that happened, without anything of the patient's. */
export interface RecentFailure {
    /** As `AppError.code`, or the class of a foreign error. */
    readonly code: string;
    /** What the log says, and what to do. */
    readonly message: string;
    readonly remedy?: string;
    /** When it happened last, in milliseconds since 1970. */
    readonly atMs: number;
    /** How often since the start. */
    readonly count: number;
}

/** Which configuration a process runs with. */
export interface ConfigurationStatus {
    /** When it was applied last, in milliseconds since 1970. */
    readonly appliedAtMs: number;
    /** Settings that were changed and hold only after a restart, for example `model.profile`. */
    readonly afterRestart: readonly string[];
    /** Why the file as it stands now is not applied: whole sentences with file, line and column. */
    readonly faults: readonly string[];
}

/** What one process says of itself. */
export interface ProcessStatus {
    /** As in `WorkerState.id`, for example `clinic-server-4711-9f3a`. */
    readonly id: string;
    readonly role: "all" | "adapters" | "worker";
    readonly version: string;
    /** Milliseconds since 1970. */
    readonly startedAtMs: number;
    readonly seenAtMs: number;
    readonly residentBytes: number;
    readonly platforms: readonly PlatformStatus[];
    /** Absent in a process without a model. */
    readonly model?: ModelStatus;
    /** From the arrival of a message to its delivered answer, in milliseconds, in the last five minutes. */
    readonly answerMs?: Distribution;
    /** Latest first, at most 20. */
    readonly failures: readonly RecentFailure[];
    readonly configuration: ConfigurationStatus;
}

/** Where the processes of a clinic say how they are. */
export interface StatusBoard {
    /**
     * Puts up what a process says of itself, in place of what it said before. It is taken down by
     * itself when the process says nothing for 15 s.
     *
     * @throws `store-unavailable` (retryable).
     */
    publish(status: ProcessStatus): Promise<void>;
    /**
     * What all living processes say, in the order of their start.
     *
     * @throws `store-unavailable` (retryable).
     */
    read(): Promise<readonly ProcessStatus[]>;
    /** Takes down what a process said. Never fails. */
    leave(id: ProcessStatus["id"]): Promise<void>;
}

/** Something that an administrator did. */
export interface AdministrativeAct {
    readonly what:
        | "sign-in"
        | "sign-in-refused"
        /** A reply that could not be delivered was read. */
        | "open"
        | "resend"
        | "discard"
        | "allow"
        | "block"
        | "erase"
        | "export"
        /** A changed configuration was applied. */
        | "configure";
    /** The user of the operating system, `page`, or the administrator's account on a platform, hashed. */
    readonly who: string;
    /** The id of a reply or of a conversation; says nothing that only the patient knows. */
    readonly subject?: string;
    /** How much it was. */
    readonly counts?: Readonly<Record<string, number>>;
    /** For `configure`: which settings. */
    readonly settings?: readonly string[];
}

/** Where administrative acts are written down. */
export interface AuditLog {
    /**
     * Writes an act down. Who cannot write it down must not do it.
     *
     * @throws `config-invalid` when it cannot be written.
     */
    record(act: AdministrativeAct): Promise<void>;
}
