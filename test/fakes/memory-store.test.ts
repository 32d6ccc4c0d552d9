import { describeConversationStore } from "../contracts/conversation-store.ts";
import { createMemoryStore } from "./memory-store.ts";

describeConversationStore("the store in memory", createMemoryStore);
