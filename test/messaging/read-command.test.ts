import { expect, test } from "vitest";
import { commandNamed, readCommand } from "../../src/messaging/read-command.ts";

const isOurs = (addressee: string): boolean => addressee === "our_bot";

test.each([
    ["/help", { name: "help", argument: "" }],
    ["  /Language   ar \n", { name: "language", argument: "ar" }],
    ["/start some\nwords ", { name: "start", argument: "some\nwords" }],
    ["/stop@our_bot", { name: "stop", argument: "" }],
    ["/reset@our_bot now", { name: "reset", argument: "now" }],
    ["\u200F\u200E/language ar", { name: "language", argument: "ar" }],
    ["\u2066/reset\u2069", { name: "reset", argument: "" }],
    ["/stop@other_bot", undefined],
    ["/unknown", undefined],
    ["/helpme", undefined],
    ["/ help", undefined],
    ["what does /help do", undefined],
    ["120/80", undefined],
    ["", undefined],
])("%j is the command %j", (text, command) => {
    expect(readCommand(text, isOurs)).toEqual(command);
});

test("where there are no other bots, an addressee makes no command", () => {
    expect(readCommand("/help@our_bot")).toBeUndefined();
});

test("a command is found by its name in whatever case, and by no other word", () => {
    expect(["START", "stop", "Language"].map(commandNamed)).toEqual(["start", "stop", "language"]);
    expect(["", "constructor", "help "].map(commandNamed)).toEqual([
        undefined,
        undefined,
        undefined,
    ]);
});
