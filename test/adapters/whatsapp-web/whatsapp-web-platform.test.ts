import { afterAll, beforeAll } from "vitest";
import { describePlatform } from "../../contracts/platform.ts";
import { type LinkedPhone, linkPhone } from "./linked-phone.ts";
import { createWhatsAppWebWorld } from "./whatsapp-web-world.ts";

let phone: LinkedPhone;
beforeAll(async () => {
    phone = await linkPhone();
});
afterAll(() => phone.close());

describePlatform("WhatsApp Web", () => createWhatsAppWebWorld(phone));
