import type { Config } from "../config.ts";
import type { Exchange } from "../serve.ts";
import type { DeadReply, WorkerState } from "../queue-ports.ts";
import { createAuditLog } from "../privacy/signed-records.ts";
import { openStorage } from "../storage.ts";
import { currentUser } from "./current-user.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { openLog, readConfig } from "./session.ts";

/** `bimedix2 queue`, as it was typed. */
export interface QueueOptions {
    readonly json: boolean;
}

/** Which replies that were set aside. */
export interface DeadReplyOptions extends QueueOptions {
    readonly all: boolean;
}

/** Shows who waits, who answers, and which replies could not be delivered. */
export async function showQueue({ json }: QueueOptions): Promise<ExitCode> {
    return await withExchange(async ({ inbox, fleet, outbox }) => {
        const { conversations, waitMs } = await inbox.backlog();
        const workers = await fleet.workers();
        const dead = await outbox.dead();
        const lines = [
            `waiting    ${String(conversations)} conversations${conversations > 0 && workers.length > 0 ? `, about ${minutes(waitMs)}` : ""}`,
            ...(workers.length === 0
                ? ["workers    none. Start one: bimedix2 start --role worker"]
                : workers.map((worker) => `worker     ${describeWorker(worker)}`)),
            `set aside  ${String(dead.length)} replies that could not be delivered in time`,
            ...dead.map((reply) => `  ${describeReply(reply)}`),
            ...(dead.length === 0
                ? []
                : [
                      "Send them again with: bimedix2 queue resend ID … or --all",
                      "Forget them with:     bimedix2 queue discard ID … or --all",
                  ]),
        ];
        print(json, { waiting: conversations, waitMs, workers, dead }, lines);
        return exitCode.success;
    });
}

/** Delivers replies that were set aside. */
export async function resendReplies(
    ids: readonly string[],
    options: DeadReplyOptions,
): Promise<ExitCode> {
    return await withReplies(ids, options, "resend", "sent again");
}

/** Forgets replies that were set aside. */
export async function discardReplies(
    ids: readonly string[],
    options: DeadReplyOptions,
): Promise<ExitCode> {
    return await withReplies(ids, options, "discard", "forgotten");
}

async function withReplies(
    ids: readonly string[],
    { all, json }: DeadReplyOptions,
    what: "resend" | "discard",
    done: string,
): Promise<ExitCode> {
    if ((ids.length === 0) === !all) {
        process.stderr.write(
            'It is not clear which replies are meant. Name them as "bimedix2 queue" shows them, or write --all, but not both.\n',
        );
        return exitCode.usage;
    }
    return await withExchange(async ({ outbox }, { dataFolder }) => {
        const dead = (await outbox.dead()).map(({ id }) => id);
        const audit = createAuditLog(dataFolder);
        const who = currentUser();
        const treated: string[] = [];
        const unknown: string[] = [];
        for (const id of all ? dead : ids) {
            const isDead = dead.includes(id);
            // Who cannot write down that it was done shall not do it.
            if (isDead) await audit.record({ what, who, subject: id });
            (isDead && (await outbox[what](id)) ? treated : unknown).push(id);
        }
        print(json, { treated, unknown }, [
            `${String(treated.length)} replies are ${done}.`,
            ...unknown.map((id) => `There is no reply ${id}.`),
        ]);
        return unknown.length === 0 ? exitCode.success : exitCode.failure;
    });
}

async function withExchange(
    work: (exchange: Exchange, config: Config) => Promise<ExitCode>,
): Promise<ExitCode> {
    const config = readConfig();
    const storage = await openStorage(config, openLog(config, true), () => undefined, {
        withoutRedis: "fail",
    });
    try {
        return await work(await storage.openExchange(), config);
    } finally {
        await storage.close();
    }
}

function describeWorker({ id, busy, slots, turnMs }: WorkerState): string {
    const pace = turnMs === undefined ? "" : `, ${(turnMs / 1000).toFixed(1)} s a turn`;
    return `${id}: ${String(busy)} of ${String(slots)} places busy${pace}`;
}

function describeReply({ id, account, committedAtMs, diedAtMs }: DeadReply): string {
    const at = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
    return `${id}  ${account}, written ${at(committedAtMs)}, given up ${at(diedAtMs)} (UTC)`;
}

function minutes(ms: number): string {
    return ms < 60_000
        ? `${String(Math.ceil(ms / 1000))} s`
        : `${String(Math.ceil(ms / 60_000))} min`;
}

function print(json: boolean, value: object, lines: readonly string[]): void {
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join("\n")}\n`);
}
