import type { Logger } from "../../src/log.ts";
import type { Backlog, DeadLetters, Outbox } from "../../src/queue-ports.ts";
import type { CounterReading } from "../../src/safety-ports.ts";
import type { AuditLog, ProcessStatus } from "../../src/status-ports.ts";
import type { HostSettings } from "./known-hosts.ts";
import type { SessionLimits } from "./sessions.ts";

/** What a program that watches over the clinic is answered. */
export interface Probe {
    /** The HTTP status. */
    readonly status: number;
    readonly body: string;
    /** Default: plain text, or JSON where the body is an object. */
    readonly contentType?: string;
}

/** Where the page has what it shows. Each may fail with `store-unavailable`. */
export interface PageSources {
    readonly readStatus: () => Promise<readonly ProcessStatus[]>;
    readonly readBacklog: () => Promise<Backlog>;
    readonly readCounters: () => Promise<readonly CounterReading[]>;
    readonly outbox: Pick<Outbox, "dead" | "resend" | "discard">;
    readonly deadLetters: DeadLetters;
    readonly audit: AuditLog;
    /** Whether the process lives. */
    readonly health: () => Promise<Probe> | Probe;
    /** Whether the clinic can answer patients. */
    readonly ready: () => Promise<Probe> | Probe;
    /** For Prometheus. */
    readonly metrics: () => Promise<Probe> | Probe;
}

/** How the page is made. */
export interface LocalPageOptions extends HostSettings {
    /** 0: any that is free (for tests; the address is known once it listens). */
    readonly port: number;
    /** Absent: who is told the page's address can open it. */
    readonly password?: string;
    readonly sources: PageSources;
    /** Where the page's own program lies, compiled. */
    readonly clientFolder: string;
    /** Where its style and its icon lie. */
    readonly assetsFolder: string;
    readonly version: string;
    /** Largest size of a file in the chat, in bytes. */
    readonly maxFileBytes: number;
    readonly logger: Logger;
    readonly sessionLimits?: Partial<SessionLimits>;
    /** Between two measurements. Default: 2 s. */
    readonly sampleMs?: number;
}
