import type { Logger } from "../../src/log.ts";
import type { AccountHealth } from "./account-health.ts";
import type { GraphClient } from "./graph-client.ts";
import type { KnownTexts } from "./known-texts.ts";
import type { Receipts } from "./receipts.ts";
import type { CloudTimings } from "./timings.ts";

/** What all replies of one phone number share. */
export interface SendingNumber {
    readonly phoneNumberId: string;
    readonly client: GraphClient;
    readonly timings: CloudTimings;
    readonly logger: Logger;
    readonly health: AccountHealth;
    readonly known: KnownTexts;
    readonly receipts: Receipts;
}
