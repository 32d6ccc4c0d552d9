import type { ChatModel } from "../ports.ts";
import type {
    ConfigurationStatus,
    ModelStatus,
    PlatformStatus,
    ProcessStatus,
} from "../status-ports.ts";
import type { PlatformConditions } from "./platform-conditions.ts";
import type { ProcessFigures } from "./process-figures.ts";
import type { RecentFailures } from "./recent-failures.ts";

/** What a process's status is made of. */
export interface StatusSources {
    /** As in `ProcessStatus`. */
    readonly id: string;
    readonly role: ProcessStatus["role"];
    readonly version: string;
    readonly figures: ProcessFigures;
    readonly conditions: PlatformConditions;
    readonly failures: RecentFailures;
    /** Absent in a process without one. */
    readonly model?: ChatModel;
    /** How many conversations are answered at once. */
    readonly slots: number;
    readonly configuration: () => ConfigurationStatus;
}

/** What a process says of itself now. Never fails. */
export async function describeProcess(sources: StatusSources): Promise<ProcessStatus> {
    const { id, role, version, figures, failures, model, configuration } = sources;
    const answerMs = figures.answer.lately.distribution();
    return {
        id,
        role,
        version,
        startedAtMs: Math.round(performance.timeOrigin),
        seenAtMs: Date.now(),
        residentBytes: process.memoryUsage.rss(),
        platforms: describePlatforms(sources),
        ...(model ? { model: await describeModel(model, sources) } : {}),
        ...(answerMs === undefined ? {} : { answerMs }),
        failures: failures.list(),
        configuration: configuration(),
    };
}

function describePlatforms({
    figures,
    conditions,
}: Pick<StatusSources, "figures" | "conditions">): readonly PlatformStatus[] {
    return conditions.list().map((standing) => {
        const { receivedAtMs, deliveredAtMs } = figures.of(standing.account);
        return {
            ...standing,
            ...(receivedAtMs === undefined ? {} : { receivedAtMs }),
            ...(deliveredAtMs === undefined ? {} : { deliveredAtMs }),
        };
    });
}

async function describeModel(
    model: ChatModel,
    { figures, slots }: Pick<StatusSources, "figures" | "slots">,
): Promise<ModelStatus> {
    const tokensPerSecond = figures.tokensPerSecond.lately.distribution();
    const firstTokenMs = figures.firstToken.lately.distribution();
    const imageMs = figures.image.lately.distribution();
    const deviceMemory = await model.deviceMemory?.();
    return {
        description: model.description,
        slots,
        busy: figures.busy,
        ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
        ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
        ...(imageMs === undefined ? {} : { imageMs }),
        ...(deviceMemory === undefined ? {} : { deviceMemory }),
    };
}
