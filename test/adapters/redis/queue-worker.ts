/**
 * One worker process, for tests that freeze and kill it: takes every conversation, says so in a line
 * `took <turn> <deaths>`, and after `turnMs` answers it and says `committed <turn>`, or `aborted <turn>`
 * when that was refused. With `deliver` it delivers as well: `delivered <text>`. Ends when its
 * standard input ends.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../../src/log.ts";
import type { PlatformAccount } from "../../../src/message.ts";
import { quickTimings } from "../../setup/queue.ts";
import { testCipher } from "../../setup/cipher.ts";

const [url = "", packageRoot = "", keyPrefix = "", turnMs = "0", account] = process.argv.slice(2);
const logger = createLogger("silent");
const handle = await ensureRedis({ url, dataFolder: "/nonexistent", packageRoot, logger });
const queue = await openConversationQueue(handle, {
    keyPrefix,
    expireAfterMs: 3_600_000,
    maxTurns: 20,
    cipher: testCipher,
    quietMs: 10,
    atMostMs: 100,
    timings: quickTimings,
    logger,
});
const over = new AbortController();
process.stdin.resume().once("end", () => over.abort());
const options = { concurrency: 4, signal: over.signal, finishWithinMs: 100 };
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const working = queue.turns.work(
    "model",
    async (turn) => {
        say(`took ${turn.id} ${turn.deaths}`);
        await sleep(Number(turnMs));
        try {
            const texts = turn.messages.map(({ message }) => message.text);
            const reply = { text: texts.join(" "), language: "en" } as const;
            await turn.commit({ settled: texts.length, reply });
            say(`committed ${turn.id}`);
            return "done";
        } catch (error) {
            say(`aborted ${turn.id}`);
            throw error;
        }
    },
    options,
);
const delivering =
    account === undefined
        ? Promise.resolve()
        : queue.outbox.work(
              account as PlatformAccount,
              async (delivery) => {
                  const committed = await delivery.reply();
                  say(`delivered ${committed?.reply.text ?? ""}`);
                  return "delivered";
              },
              options,
          );
say("ready");
await Promise.all([working, delivering]);
await queue.close();
await handle.close();
