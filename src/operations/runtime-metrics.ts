import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metric } from "./metrics.ts";

/** What of the event loop's delay is told. */
export interface EventLoop {
    /** How long it is held up beyond its turn, in seconds, since it was asked last. */
    readonly lagSeconds: () => { readonly p50: number; readonly p99: number; readonly max: number };
}

const resolutionMs = 20;

/** Watches the event loop from now on; costs a timer every 20 ms. */
export function watchEventLoop(): EventLoop {
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    delay.enable();
    const seconds = (nanoseconds: number): number =>
        Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3) : 0;
    return {
        lagSeconds: () => {
            const lag = {
                p50: seconds(delay.percentile(50)),
                p99: seconds(delay.percentile(99)),
                max: seconds(delay.max),
            };
            delay.reset();
            return lag;
        },
    };
}

/** What the operating system and Node.js say of this process, under their usual names. */
export function runtimeMetrics({ lagSeconds }: EventLoop): readonly Metric[] {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const lag = lagSeconds();
    const gauges: readonly (readonly [name: string, help: string, value: number])[] = [
        ["process_resident_memory_bytes", "Memory of the process.", rss],
        [
            "process_start_time_seconds",
            "When the process began, in seconds since 1970.",
            performance.timeOrigin / 1_000,
        ],
        ["nodejs_heap_size_used_bytes", "Memory of JavaScript's objects.", heapUsed],
        ["nodejs_external_memory_bytes", "Memory outside of JavaScript's heap.", external],
        ["nodejs_eventloop_lag_p50_seconds", "Delay of the event loop, median.", lag.p50],
        ["nodejs_eventloop_lag_p99_seconds", "Delay of the event loop, 99 %.", lag.p99],
        ["nodejs_eventloop_lag_max_seconds", "Longest delay of the event loop.", lag.max],
    ];
    return [
        {
            name: "process_cpu_seconds_total",
            help: "Time of processors that the process used.",
            type: "counter",
            samples: [{ value: (user + system) / 1e6 }],
        },
        ...gauges.map(([name, help, value]): Metric => ({
            name,
            help,
            type: "gauge",
            samples: [{ value }],
        })),
    ];
}
