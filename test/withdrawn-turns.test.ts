/** Whoever withdraws and agrees anew in one turn leaves nothing of what was before. */
import { expect, test } from "vitest";
import type { ConversationKey } from "../src/message.ts";
import { notices } from "./fakes/assembled-parts.ts";
import { patient, StaffBench } from "./fakes/staff-bench.ts";

const emergency = { alarm: { emergency: true, crisis: false } };

/** A patient in the clinic's care whose data are erased as Redis erases them, codes included. */
async function benchWithErasure() {
    const erased: ConversationKey[] = [];
    const data = {
        cacheKey: () => Promise.resolve(undefined),
        erase: async (key: ConversationKey) => {
            erased.push(key);
            await bench.cases.mark(await bench.cases.name(key, "any"), "erased");
            return { id: key, turns: 0, images: 0, messages: 0, replies: 0 };
        },
    };
    const bench: StaffBench = new StaffBench(() => "", { parts: { data } });
    await bench.agree();
    return { bench, erased };
}

test.each<[string, (bench: StaffBench) => void]>([
    ["/stop", (bench) => bench.command("stop")],
    ["an emergency", (bench) => bench.write("crushing chest pain", emergency)],
])(
    "everything is erased when /delete and /agree are settled together with %s",
    async (_name, end) => {
        const { bench, erased } = await benchWithErasure();
        const code = await bench.handOver();
        bench.write("What do you know of me?");
        bench.command("delete", "yes");
        bench.command("agree");
        end(bench);
        await bench.answer(patient, bench.desk);
        const [reply] = await bench.read(patient);
        expect(reply?.text).toContain(notices("deleted", "en"));
        expect(erased).toEqual([patient]);
        expect(await bench.settings()).toMatchObject({ consent: { wording: expect.any(String) } });
        expect(await bench.cases.find(code)).toBeUndefined();
        expect(JSON.stringify(await bench.notes())).toContain("erased the conversation");
    },
);
