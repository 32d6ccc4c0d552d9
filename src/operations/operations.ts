/** What administrators and machines may ask of one running process. */
import type { Logger } from "../log.ts";
import type { Inbox, Outbox } from "../queue-ports.ts";
import type { SafetyCounters } from "../safety-ports.ts";
import type { ProcessStatus, StatusBoard } from "../status-ports.ts";
import { answerHealth, answerReadiness, type HealthAnswer } from "./health.ts";
import { type Metric, writeMetrics } from "./metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import { describeProcess, type StatusSources } from "./process-status.ts";
import { publishStatus } from "./publish-status.ts";
import { runtimeMetrics, watchEventLoop } from "./runtime-metrics.ts";
import { safetyMetrics } from "./safety-metrics.ts";

/** What is asked for the figures of the whole clinic. */
export interface ClinicSources {
    readonly board: StatusBoard;
    readonly counters: Pick<SafetyCounters, "read">;
    /** Absent: the queue has not been reached yet. */
    readonly exchange: () =>
        | { readonly inbox: Pick<Inbox, "backlog">; readonly outbox: Pick<Outbox, "dead"> }
        | undefined;
    readonly logger: Logger;
}

/** How a process is, for `/healthz`, `/readyz`, `/metrics` and the status board. */
export interface Operations {
    health(): HealthAnswer;
    /** Quick, also while Redis is away. */
    readiness(): Promise<HealthAnswer>;
    /** As text for Prometheus; what Redis knows is left out while it is away. */
    metrics(): Promise<string>;
    /** Puts the status up until the signal aborts. Never fails. */
    publish(signal: AbortSignal): Promise<void>;
}

/** After so long without an answer Redis counts as away: it is asked every three seconds. */
const redisSilentMs = 10_000;

/** What a process tells of itself and of its clinic. */
export function createOperations(sources: StatusSources, clinic: ClinicSources): Operations {
    const eventLoop = watchEventLoop();
    let answeredAtMs = -Infinity;
    const redisUp = (): boolean => performance.now() - answeredAtMs < redisSilentMs;
    const describe = (): Promise<ProcessStatus> => describeProcess(sources);
    const board: StatusBoard = {
        publish: async (status) => {
            await clinic.board.publish(status);
            answeredAtMs = performance.now();
        },
        read: () => clinic.board.read(),
        leave: (id) => clinic.board.leave(id),
    };
    return {
        health: answerHealth,
        readiness: async () => answerReadiness({ redisUp: redisUp(), status: await describe() }),
        metrics: async () => {
            const shared = redisUp() ? await clinicMetrics(clinic) : undefined;
            return writeMetrics([
                ...processMetrics(await describe(), sources.figures),
                ...runtimeMetrics(eventLoop),
                {
                    name: "bimedix2_redis_up",
                    help: "Whether Redis answers.",
                    type: "gauge",
                    samples: [{ value: shared ? 1 : 0 }],
                },
                ...(shared ?? []),
            ]);
        },
        publish: (signal) => publishStatus(board, describe, clinic.logger, signal),
    };
}

type ClinicGauge = readonly [name: string, help: string, value: number | undefined];

/** The same from every process; `undefined` when Redis does not answer. */
async function clinicMetrics({
    counters,
    exchange,
}: ClinicSources): Promise<readonly Metric[] | undefined> {
    const { inbox, outbox } = exchange() ?? {};
    try {
        const [readings, backlog, dead] = await Promise.all([
            counters.read(),
            inbox?.backlog(),
            outbox?.dead(),
        ]);
        const gauges: readonly ClinicGauge[] = [
            ["queue_conversations", "Conversations that wait.", backlog?.conversations],
            [
                "queue_expected_wait_seconds",
                "Estimated time until a newcomer's answer begins.",
                backlog && backlog.waitMs / 1_000,
            ],
            ["workers", "Processes with a model that are alive.", backlog?.workers],
            ["dead_replies", "Replies that were set aside for bimedix2 queue.", dead?.length],
        ];
        return [
            ...gauges.map(([name, help, value]): Metric => ({
                name: `bimedix2_${name}`,
                help,
                type: "gauge",
                samples: value === undefined ? [] : [{ value }],
            })),
            ...safetyMetrics(readings),
        ];
    } catch {
        return undefined;
    }
}
