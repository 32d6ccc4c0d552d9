import { describeConversationStore } from "../contracts/conversation-store.ts";
import { describeInbox } from "../contracts/inbox.ts";
import { createMemoryInbox, createMemoryStore } from "./memory-store.ts";

describeConversationStore("the store in memory", createMemoryStore);
describeInbox("the inbox in memory", createMemoryInbox);
