/**
 * The whole product on its local page: a real Chromium, a real Redis, the real node-llama-cpp with the
 * demonstration model.
 */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { decodeQR } from "qr/decode.js";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createLocalPage, type LocalPage } from "../adapters/web/local-page.ts";
import { openPageSources } from "../src/commands/page-sources.ts";
import type { Notices } from "../src/notices.ts";
import type { Exchange } from "../src/serve.ts";
import { recordsPath } from "../src/privacy/signed-records.ts";
import { createRecordingLogger } from "./fakes/recording-logger.ts";
import { TestClinic } from "./setup/clinic.ts";
import { barriersOf, focusOf, keepPicture, openBrowser } from "./setup/look-at-page.ts";
import { packageRoot } from "./setup/redis.ts";

const password = "correct horse battery";
const views = ["chat", "overview", "figures", "undelivered", "errors"] as const;
const samples = join(packageRoot, "models/demo/samples");
const logger = createRecordingLogger();
const stop = new AbortController();
let browser: Browser;
let clinic: TestClinic;
let notices: Notices;
let page: LocalPage;
let guarded: LocalPage;
const running: Promise<void>[] = [];

beforeAll(async () => {
    const compiler = join(packageRoot, "node_modules/typescript/bin/tsc");
    const project = join(packageRoot, "adapters/web/client/tsconfig.build.json");
    const compiled = spawnSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" });
    expect(compiled.stdout).toBe("");
    let connect: ReturnType<typeof openPageSources>["connect"] = () => undefined;
    clinic = await TestClinic.open((dataFolder) => {
        const sources = openPageSources({ dataFolder });
        ({ connect } = sources);
        const options = {
            host: "127.0.0.1",
            port: 0,
            sources,
            clientFolder: join(packageRoot, "dist/adapters/web/client"),
            assetsFolder: join(packageRoot, "adapters/web/assets"),
            version: "1.2.3",
            maxFileBytes: 5_000_000,
            sampleMs: 100,
            logger,
        };
        page = createLocalPage(options);
        guarded = createLocalPage({ ...options, password });
        return { chat: page.platform, display: page, consent: true };
    });
    connect(clinic.process);
    ({ notices } = clinic.process.answers.current().reply);
    running.push(page.run(stop.signal), guarded.run(stop.signal));
    await Promise.all([page.isOpen, guarded.isOpen]);
    clinic.serve();
    browser = await openBrowser();
}, 120_000);

afterAll(async () => {
    await browser.close();
    stop.abort();
    await Promise.all(running);
    await clinic.close();
});

afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
});

/** A browser of its own in which somebody has opened the page; fails with what goes wrong in it. */
async function open(options: BrowserContextOptions, address = page.address): Promise<Page> {
    const context = await browser.newContext({
        viewport: { width: 1200, height: 850 },
        ...options,
    });
    const tab = await context.newPage();
    tab.on("pageerror", (error) => expect.fail(error.message));
    tab.on("console", (message) => {
        const isExpected = /status of (?:401|429|503)/.test(message.text());
        if (message.type() === "error" && !isExpected) expect.fail(message.text());
    });
    await tab.goto(address);
    return tab;
}

async function show(tab: Page, view: (typeof views)[number]): Promise<void> {
    await tab.locator(`nav a[href="#${view}"]`).click();
    await tab.locator(`main.view-${view} h1`).waitFor();
}

describe("trying the assistant", () => {
    test("in Arabic: agrees, asks with a picture, goes on; a reload shows it all again", async () => {
        const tab = await open({ locale: "ar-EG" });
        await tab.locator("nav").waitFor();
        expect(tab.url()).not.toContain("sign-in");
        expect(await tab.locator("html").getAttribute("dir")).toBe("rtl");
        await show(tab, "chat");
        await tab.getByRole("textbox", { name: "رسالتك" }).fill("مرحبا");
        await tab.keyboard.press("Enter");
        await tab.getByRole("button", { name: notices("label-agree", "ar") }).click();
        const thanks = notices("consent-agreed", "ar").split("\n")[0] ?? "";
        await tab.locator(".bubble", { hasText: thanks }).waitFor();
        await tab.locator('input[type="file"]').setInputFiles(join(samples, "xray_left_01.png"));
        await tab.getByRole("button", { name: "إزالة xray_left_01.png" }).waitFor();
        await keepPicture(tab, "chat-with-a-picture-ar");
        await tab.getByRole("textbox", { name: "رسالتك" }).fill("ما نوع هذه الصورة؟");
        await tab.getByRole("button", { name: "إرسال" }).click();
        const answer = tab.locator(".entry.assistant:not(.growing) .bubble", {
            hasText: notices("disclaimer-image", "ar").slice(0, 30),
        });
        await answer.waitFor({ timeout: 60_000 });
        expect(await answer.textContent()).toContain("صورة أشعة سينية للصدر");
        // The end of the answer is in sight, above where the next message is written.
        const bottom = async (of: string): Promise<number> => {
            const box = await tab.locator(of).last().boundingBox();
            return (box?.y ?? Infinity) + (of === ".composer" ? 0 : (box?.height ?? 0));
        };
        await expect
            .poll(async () => (await bottom(".entry")) - (await bottom(".composer")))
            .toBeLessThanOrEqual(20);
        await keepPicture(tab, "chat-ar");
        await tab.reload();
        await show(tab, "chat");
        await answer.waitFor();
        const picture = tab.locator('.entry.person img[alt="xray_left_01.png"]');
        await picture.waitFor();
        expect((await picture.boundingBox())?.width).toBeGreaterThan(100);
        await tab.getByRole("button", { name: "محادثة جديدة" }).click();
        await tab.locator(".entry").first().waitFor({ state: "detached" });
    });

    test("in English: an emergency is answered at once; what is pasted stays text", async () => {
        const tab = await open({ locale: "en-GB", colorScheme: "dark" });
        await show(tab, "chat");
        await tab
            .getByRole("textbox", { name: "Your message" })
            .fill(
                '<img src=x onerror="document.title=1"> I have crushing chest pain and cannot breathe',
            );
        await tab.keyboard.press("Enter");
        const emergency = notices("emergency", "en").split("\n")[0]?.replaceAll("*", "") ?? "";
        await tab.locator(".entry.assistant", { hasText: emergency.slice(0, 30) }).waitFor();
        expect(await tab.locator(".entry.person .bubble").first().textContent()).toContain("<img");
        expect(await tab.title()).toBe("BiMediX2 Chat");
        // It is there in both languages, each in its direction.
        const arabic = tab.locator(".entry.assistant p[dir=rtl]", { hasText: "•" });
        expect(await arabic.count()).toBeGreaterThan(0);
        await keepPicture(tab, "emergency-en-dark");
    });
});

test("a phone reads the QR code, which follows each change", async () => {
    const tab = await open({ locale: "en-GB", viewport: { width: 360, height: 740 } });
    await show(tab, "overview");
    const account = "whatsapp-web:main";
    for (const code of [`2@${"Ab3/".repeat(36)}`, `2@${"Cd4+".repeat(36)}`]) {
        page.show(account, { name: "qr", code });
        await expect
            .poll(async () => {
                const image = await tab.locator("svg.qr").screenshot();
                const { data, info } = await sharp(image)
                    .ensureAlpha()
                    .raw()
                    .toBuffer({ resolveWithObject: true });
                try {
                    return decodeQR({ data, width: info.width, height: info.height });
                } catch {
                    return "";
                }
            })
            .toBe(code);
    }
    await keepPicture(tab, "qr-en-phone");
    page.show(account, { name: "failed", reason: "<b>No</b> browser.", remedy: "Install one." });
    await tab.getByText("<b>No</b> browser. Install one.").waitFor();
    page.show(account, { name: "ready" });
    await tab.getByRole("heading", { name: "The phone is linked" }).waitFor();
});

test("plots move, and are there as tables", async () => {
    const tab = await open({ locale: "en-GB" });
    await show(tab, "figures");
    const line = tab.locator(".chart").nth(0).locator("path.line").first();
    await expect.poll(() => line.getAttribute("d")).toMatch(/L/);
    const before = await line.getAttribute("d");
    await expect.poll(() => line.getAttribute("d")).not.toBe(before);
    await tab.getByText("As a table").first().click();
    await tab.getByRole("columnheader", { name: "Waiting" }).waitFor();
    await keepPicture(tab, "figures-en");
});

test.each([
    ["en-GB", "Password of the page", "Sign in", "This password is not right."],
    ["ar-EG", "كلمة مرور الصفحة", "تسجيل الدخول", "كلمة المرور غير صحيحة."],
])("a wrong password is refused, the right one opens (%s)", async (locale, label, name, fault) => {
    const tab = await open({ locale }, guarded.address);
    await tab.getByLabel(label).fill("wrong horse battery");
    await tab.getByRole("button", { name }).click();
    await tab.getByRole("alert").getByText(fault).waitFor();
    expect(await barriersOf(tab)).toEqual([]);
    await keepPicture(tab, `wrong-password-${locale.slice(0, 2)}`);
    await tab.getByLabel(label).fill(password);
    await tab.keyboard.press("Enter");
    await tab.locator("nav").waitFor();
});

/** Lets a reply die as when its platform was away for a day. */
async function setAside(exchange: Exchange, id: string, text: string): Promise<void> {
    const leaving = new AbortController();
    const account = "telegram:4711";
    const options = { concurrency: 1, signal: leaving.signal, finishWithinMs: 1_000 };
    const dying = exchange.outbox.work(
        account,
        async (delivery) => {
            await delivery.reply();
            return "dead";
        },
        options,
    );
    await exchange.postbox.post(`${account}:99`, { id, reply: { text, language: "en" } });
    await expect.poll(async () => (await exchange.outbox.dead()).length).toBe(1);
    leaving.abort();
    await dying;
}

test("a reply that was set aside is read only after it is recorded, then sent again", async () => {
    const exchange = await clinic.process.storage.openExchange();
    const secret = "planted-secret-of-a-patient";
    await setAside(exchange, "one", `Take **care**, ${secret}.`);
    const [dead] = await exchange.outbox.dead();
    const tab = await open({ locale: "en-GB" });
    const told: string[] = [];
    tab.on("response", (response) => {
        if (response.url().includes("/events")) return;
        void response.text().then(
            (text) => told.push(text),
            () => undefined,
        );
    });
    await show(tab, "undelivered");
    await tab.getByLabel("Search by id or account").fill("nobody");
    await tab.getByText("None of them fits the search.").waitFor();
    await tab.getByLabel("Search by id or account").fill(dead?.id ?? "");
    await keepPicture(tab, "undelivered-en");
    const records = recordsPath(clinic.redis.dataFolder);
    await tab.getByRole("button", { name: "Read" }).click();
    await tab.getByRole("dialog").getByText("confidential").waitFor();
    expect(await readFile(records, "utf8")).not.toContain('"open"');
    expect(told.join("")).not.toContain(secret);
    await keepPicture(tab, "warning-en");
    await tab.getByRole("button", { name: "Record it and read" }).click();
    await tab.getByRole("dialog").getByText(secret).waitFor();
    const recorded = await readFile(records, "utf8");
    expect(recorded).toMatch(new RegExp(`"what":"open"[^\n]*"${dead?.id}"`));
    expect(recorded + clinic.logged + JSON.stringify(logger.entries)).not.toContain(secret);
    await tab.getByRole("button", { name: "Close" }).click();
    await tab.getByRole("button", { name: "Forget" }).click();
    await tab.getByRole("button", { name: "Cancel" }).click();
    await tab.getByRole("button", { name: "Send again" }).click();
    await tab.getByText("The reply is on its way again.").waitFor();
    await tab.getByText("Everything has reached its patient.").waitFor();
});

test("everything is reached with the keyboard, and is seen to have the focus", async () => {
    const tab = await open({ locale: "en-GB" });
    await tab.locator("nav").waitFor();
    const reached: string[] = [];
    for (let count = 0; count < 8; count += 1) {
        await tab.keyboard.press("Tab");
        const { name, isSeen } = await focusOf(tab);
        expect(isSeen, `the focus of "${name}" is not seen`).toBe(true);
        reached.push(name);
        if (name === "Try it") break;
    }
    expect(reached).toContain("Try it");
    await tab.keyboard.press("Enter");
    await tab.locator("main.view-chat h1").waitFor();
    for (let count = 0; count < 8; count += 1) {
        await tab.keyboard.press("Tab");
        const { name, isSeen } = await focusOf(tab);
        expect(isSeen, `the focus of "${name}" is not seen`).toBe(true);
        if (name === "Your message") break;
    }
    await tab.keyboard.type("/help");
    await tab.keyboard.press("Enter");
    await tab.locator(".entry.assistant:not(.growing)").first().waitFor();
    expect((await focusOf(tab)).name).toBe("Your message");
});

describe.each([
    { language: "en", locale: "en-GB", colorScheme: "light", width: 360 },
    { language: "ar", locale: "ar-EG", colorScheme: "dark", width: 360 },
    { language: "en", locale: "en-GB", colorScheme: "dark", width: 1200 },
    { language: "ar", locale: "ar-EG", colorScheme: "light", width: 1200 },
] as const)("in $language, $colorScheme, $width pixels wide", (look) => {
    const { language, locale, colorScheme, width } = look;
    test("every view can be read, is named and does not scroll sideways", async () => {
        const tab = await open({ locale, colorScheme, viewport: { width, height: 740 } });
        for (const view of views) {
            await show(tab, view);
            expect(await barriersOf(tab), view).toEqual([]);
            await keepPicture(tab, `${view}-${language}-${colorScheme}-${width}`);
        }
        const other = language === "ar" ? "English" : "العربية";
        await tab.getByRole("button", { name: other }).click();
        expect(await tab.locator("html").getAttribute("dir")).toBe(
            language === "ar" ? "ltr" : "rtl",
        );
        expect(await barriersOf(tab)).toEqual([]);
    });
});
