import type { Config } from "../config.ts";
import { loadSafetyRules } from "../open-safety.ts";
import type { Finding } from "./finding.ts";

/** Whether the rules before and after the model can be read, and what patients are told to call. */
export async function inspectSafety(config: Config): Promise<Finding> {
    const { triage } = await loadSafetyRules(config);
    const own = config.triageRules.length;
    const rules = `${String(triage.rules.length)} rules for emergencies${own > 0 ? `, ${String(own)} files of your own` : ""}`;
    const { emergencyNumber } = config.clinic;
    if (emergencyNumber === undefined) {
        return {
            state: "notice",
            text: `${rules}, but no emergency number: patients read "your local emergency number".`,
            remedy: "Set clinic.emergencyNumber, or clinic.country, in clinic.yaml.",
        };
    }
    const consent = config.consent.required ? "" : "; patients are not asked for consent";
    return { state: "ok", text: `${rules}, emergency number ${emergencyNumber}${consent}` };
}
