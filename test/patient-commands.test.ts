import { expect, test } from "vitest";
import { runCommand } from "../src/patient-commands.ts";
import type { Command, ConversationKey } from "../src/message.ts";
import { assemble, notices } from "./fakes/assembled-parts.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const parts = assemble(createScriptedModel(() => ""));
const turn = { role: "user", text: "I cough blood", language: "en", atMs: 1, images: [] } as const;

function textOf(key: ConversationKey, name: Command["name"], argument = ""): string {
    const commander = { key, conversation: { turns: [turn] }, language: "en" } as const;
    return runCommand({ name, argument }, commander, parts, undefined).reply.text;
}

test("what concerns one patient alone is not said before a group; erasing and the way back are", () => {
    const member = "whatsapp-web:main:12036304@g.us~9665@c.us";
    const refused = notices("group-private", "en");
    for (const name of ["export", "privacy", "doctor"] as const) {
        expect(textOf(member, name)).toBe(refused);
        expect(textOf("whatsapp-web:main:9665@c.us", name)).not.toBe(refused);
    }
    expect(textOf("whatsapp-web:main:9665@c.us", "export")).toContain("I cough blood");
    expect(textOf(member, "delete")).toBe(notices("delete-confirm", "en"));
    expect(textOf(member, "doctor", "back")).not.toBe(refused);
});
