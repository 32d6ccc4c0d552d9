import { describeFleet } from "../contracts/fleet.ts";
import { describeInboxQueue } from "../contracts/inbox-queue.ts";
import { describeOutbox } from "../contracts/outbox.ts";
import { describeStaffPorts } from "../contracts/staff.ts";
import { describeTurnQueue } from "../contracts/turn-queue.ts";
import { createMemoryExchange } from "./memory-exchange.ts";

const open = () => Promise.resolve({ ...createMemoryExchange(), close: () => Promise.resolve() });
describeInboxQueue("the exchange in memory", open);
describeTurnQueue("the exchange in memory", open);
describeOutbox("the exchange in memory", open);
describeStaffPorts("the exchange in memory", open);
describeFleet("the exchange in memory", open);
