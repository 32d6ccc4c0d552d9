import { describeChatModel } from "../../contracts/chat-model.ts";
import { openDemo } from "./demo-model.ts";

describeChatModel("llama.cpp in this process", openDemo);
