import { describePlatform } from "../../contracts/platform.ts";
import { createTelegramWorld } from "./telegram-world.ts";

describePlatform("Telegram", createTelegramWorld);
