import type { LimitSettings } from "../../safety-ports.ts";

/**
 * The limits where the clinic sets none. A frightened patient at night never meets them: ten
 * questions in a minute are one every six seconds, each with an answer to read. A script does,
 * within the first minute. The clinic as a whole has none: how many patients it has is its own
 * affair.
 */
export const defaultLimits: LimitSettings = {
    patient: {
        questionsPerMinute: 10,
        questionsPerHour: 60,
        questionsPerDay: 200,
        messagesPerMinute: 60,
    },
    clinic: {},
};
