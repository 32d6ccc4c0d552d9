import type { ProcessStatus } from "../status-ports.ts";

/** An answer to a machine that asks how a process is. */
export interface HealthAnswer {
    /** As in HTTP. */
    readonly status: 200 | 503;
    /** JSON; without secrets, and nothing of patients. */
    readonly body: string;
}

/** That the process lives and its event loop turns: whoever reads it has seen that. */
export function answerHealth(): HealthAnswer {
    const upSeconds = Math.round(process.uptime());
    return { status: 200, body: `${JSON.stringify({ alive: true, upSeconds })}\n` };
}

/** What readiness depends on. */
export interface ReadinessParts {
    /** Whether Redis answered a moment ago. */
    readonly redisUp: boolean;
    readonly status: Pick<ProcessStatus, "role" | "platforms" | "model">;
}

/**
 * Whether a process does what its role is: Redis is reached, the model is loaded where the role
 * needs one, and of its platforms at least one receives or waits to take over.
 */
export function answerReadiness({ redisUp, status }: ReadinessParts): HealthAnswer {
    const { role, platforms, model } = status;
    const stands = platforms.some(
        ({ condition: { name } }) => name === "running" || name === "standing-by",
    );
    const reasons = [
        ...(redisUp ? [] : ["Redis cannot be reached."]),
        ...(model || role === "adapters" ? [] : ["The model is not loaded."]),
        ...(stands || platforms.length === 0 || role === "worker"
            ? []
            : platforms.map(({ account, condition }) =>
                  condition.name === "failing"
                      ? `${account}: ${condition.reason}`
                      : `${account} is starting.`,
              )),
    ];
    const ready = reasons.length === 0;
    return {
        status: ready ? 200 : 503,
        body: `${JSON.stringify({ ready, role, reasons })}\n`,
    };
}
