/** Figures as Prometheus reads them. */

/** One number of a metric. */
export interface Sample {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value: number;
}

/** How often values fell into ranges, since the process began. */
export interface HistogramSample {
    readonly labels?: Readonly<Record<string, string>>;
    /** How many values were at most so large, from small to large. */
    readonly buckets: readonly { readonly atMost: number; readonly count: number }[];
    readonly sum: number;
    readonly count: number;
}

/** One metric with all its labels. Its name and unit follow Prometheus' conventions. */
export type Metric = { readonly name: string; readonly help: string } & (
    | { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
    | { readonly type: "histogram"; readonly samples: readonly HistogramSample[] }
);

/** Metrics as text (exposition format 0.0.4, `text/plain; version=0.0.4`); those without a sample are left out. */
export function writeMetrics(metrics: readonly Metric[]): string {
    return metrics
        .filter(({ samples }) => samples.length > 0)
        .map((metric) => {
            const { name, help, type } = metric;
            const head = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`];
            const series =
                metric.type === "histogram"
                    ? metric.samples.flatMap((sample) => histogramLines(name, sample))
                    : metric.samples.map(({ labels, value }) => line(name, labels, value));
            return [...head, ...series].map((text) => `${text}\n`).join("");
        })
        .join("");
}

function histogramLines(name: string, sample: HistogramSample): string[] {
    const { labels = {}, buckets, sum, count } = sample;
    return [
        ...buckets.map((bucket) =>
            line(`${name}_bucket`, { ...labels, le: String(bucket.atMost) }, bucket.count),
        ),
        line(`${name}_bucket`, { ...labels, le: "+Inf" }, count),
        line(`${name}_sum`, labels, sum),
        line(`${name}_count`, labels, count),
    ];
}

function line(name: string, labels: Sample["labels"] = {}, value: number): string {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${String(value)}`;
}

function escapeLabel(text: string): string {
    return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
    return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
