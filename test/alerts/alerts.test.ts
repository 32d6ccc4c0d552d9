import { describe, expect, test } from "vitest";
import { AlertKeeper } from "../../src/alerts/alert-keeper.ts";
import {
    type Alert,
    type ClinicView,
    findAlerts,
    worksAgain,
} from "../../src/alerts/find-alerts.ts";
import type { PlatformStatus, ProcessStatus } from "../../src/status-ports.ts";

const telegram = "telegram:123456789";
const failing = {
    name: "failing",
    reason: "Telegram cannot be reached.",
    remedy: "Look at the network of this machine.",
} as const;

function platform(changes: Partial<PlatformStatus>): PlatformStatus {
    return { account: telegram, condition: { name: "running" }, sinceMs: 0, ...changes };
}

function process(changes: Partial<ProcessStatus>): ProcessStatus {
    return {
        id: "clinic-1",
        role: "all",
        version: "0.1.0",
        startedAtMs: 0,
        seenAtMs: 0,
        residentBytes: 0,
        platforms: [platform({})],
        failures: [],
        configuration: { appliedAtMs: 0, afterRestart: [], faults: [] },
        ...changes,
    };
}

function view(changes: Partial<ClinicView>): ClinicView {
    return {
        processes: [process({})],
        backlog: { conversations: 0, workers: 1 },
        dead: [],
        ...changes,
    };
}

const namesOf = (clinic: ClinicView): string[] => findAlerts(clinic).map(({ name }) => name);

describe("what is wrong", () => {
    test("nothing, where everything works or has only just begun", () => {
        expect(findAlerts(view({}))).toEqual([]);
        const starting = platform({ condition: { name: "starting" } });
        expect(findAlerts(view({ processes: [process({ platforms: [starting] })] }))).toEqual([]);
    });

    test("a platform that fails everywhere, but not one that another process receives from", () => {
        const broken = process({ platforms: [platform({ condition: failing })] });
        const waiting = process({ platforms: [platform({ condition: { name: "standing-by" } })] });
        expect(findAlerts(view({ processes: [broken, waiting] }))).toEqual([
            {
                key: `platform ${telegram}`,
                name: "platform",
                account: telegram,
                details: `${failing.reason} ${failing.remedy}`,
            },
        ]);
        expect(findAlerts(view({ processes: [broken, process({})] }))).toEqual([]);
    });

    test("a phone that must be linked again, though its process runs", () => {
        const account = "whatsapp-web:clinic";
        const unlinked = platform({ account, link: "qr" });
        expect(namesOf(view({ processes: [process({ platforms: [unlinked] })] }))).toEqual([
            "link",
        ]);
    });

    test("no worker, a refused configuration, and each reply that is newly set aside", () => {
        const refused = { appliedAtMs: 0, afterRestart: [], faults: ["clinic.yaml, line 3: …"] };
        const dead = [1, 5].map((diedAtMs) => ({
            id: String(diedAtMs),
            account: telegram,
            committedAtMs: 0,
            diedAtMs,
        })) as ClinicView["dead"];
        const clinic = view({
            processes: [process({ configuration: refused }), process({ configuration: refused })],
            backlog: { conversations: 3, workers: 0 },
            dead,
        });
        expect(findAlerts(clinic)).toEqual([
            { key: "workers", name: "workers", waiting: 3 },
            { key: "configuration", name: "configuration", details: "clinic.yaml, line 3: …" },
            { key: "undelivered 5", name: "undelivered", count: 2, newestMs: 5 },
        ]);
    });
});

describe("each is told once when it has lasted, and once when it is over", () => {
    const alert: Alert = { key: "workers", name: "workers", waiting: 1 };
    const minute = 60_000;

    test("what ends soon is told to nobody", () => {
        const keeper = new AlertKeeper();
        expect(keeper.observe([alert], 0)).toEqual([]);
        expect(keeper.observe([alert], minute)).toEqual([]);
        expect(keeper.observe([], 2 * minute)).toEqual([]);
        // It begins anew.
        expect(keeper.observe([alert], 3 * minute)).toEqual([]);
    });

    test("what could not be told is told later; what was told is not told again", () => {
        const keeper = new AlertKeeper();
        keeper.observe([alert], 0);
        const begun = { alert, kind: "begun", sinceMs: 0 } as const;
        expect(keeper.observe([alert], 2 * minute)).toEqual([begun]);
        expect(keeper.observe([alert], 3 * minute)).toEqual([begun]);
        keeper.told(begun);
        expect(keeper.observe([{ ...alert, waiting: 9 }], 4 * minute)).toEqual([]);
        const [over] = keeper.observe([], 5 * minute);
        expect(over).toMatchObject({ kind: "over", sinceMs: 0 });
        expect(keeper.observe([], 6 * minute)).toEqual([over]);
        if (over) keeper.told(over);
        expect(keeper.observe([], 7 * minute)).toEqual([]);
    });

    test("a platform that is tried anew, or whose process is away, does not work again", () => {
        const keeper = new AlertKeeper();
        const clinic = (condition: PlatformStatus["condition"]): ClinicView =>
            view({ processes: [process({ platforms: [platform({ condition })] })] });
        const observe = (now: ClinicView, nowMs: number) =>
            keeper.observe(findAlerts(now), nowMs, (one) => worksAgain(one, now));
        expect(observe(clinic(failing), 0)).toEqual([]);
        expect(observe(clinic({ name: "starting" }), minute)).toEqual([]);
        const [begun] = observe(clinic(failing), 2 * minute);
        expect(begun).toMatchObject({ kind: "begun", sinceMs: 0 });
        if (begun) keeper.told(begun);
        expect(observe(clinic({ name: "starting" }), 3 * minute)).toEqual([]);
        expect(observe(view({ processes: [] }), 4 * minute)).toEqual([]);
        expect(observe(clinic(failing), 5 * minute)).toEqual([]);
        expect(observe(clinic({ name: "running" }), 6 * minute)).toMatchObject([{ kind: "over" }]);
    });

    test("of a reply that was set aside there is no end to tell, but of the next one there is news", () => {
        const keeper = new AlertKeeper();
        const undelivered = (newestMs: number, count: number): Alert => ({
            key: `undelivered ${newestMs}`,
            name: "undelivered",
            count,
            newestMs,
        });
        const first = undelivered(1, 1);
        const [news] = keeper.observe([first], 0);
        expect(news).toMatchObject({ kind: "begun" });
        if (news) keeper.told(news);
        const second = undelivered(2, 2);
        const [further] = keeper.observe([second], 1);
        expect(further).toMatchObject({ kind: "begun", alert: second });
        if (further) keeper.told(further);
        // The second is sent again; the first is left.
        expect(keeper.observe([first], 2)).toEqual([]);
        expect(keeper.observe([undelivered(3, 2)], 3)).toHaveLength(1);
    });
});
