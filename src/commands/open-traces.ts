import type { Logger } from "../log.ts";
import { packageVersion } from "../package-version.ts";
import { wantsTraces } from "../settings/trace-settings.ts";
import { noTelemetry, type Telemetry } from "../telemetry-ports.ts";

/** Where traces go, by the environment. Its library is loaded only where they go anywhere. */
export async function openTraces(logger: Logger): Promise<Telemetry> {
    if (!wantsTraces(process.env)) return noTelemetry;
    const { openTelemetry } = await import("../../adapters/opentelemetry/telemetry.ts");
    return openTelemetry({ version: packageVersion(), logger });
}
