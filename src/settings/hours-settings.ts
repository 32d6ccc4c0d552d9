/** When the clinic is open and its people are there: the hours and time zones of clinic.yaml. */
import { z } from "zod";
import {
    isTimeZone,
    readSpans,
    type Weekday,
    weekdays,
    type WorkingHours,
} from "../handoff/working-hours.ts";
import { type CountryCode, countryOf } from "./countries.ts";

const zone = "the name of a time zone, like Asia/Riyadh or Africa/Cairo";
const spans =
    "hours like 09:00-17:00 or 08:00-12:00, 16:00-20:00, which do not overlap; no line for a day that is closed";

const day = z
    .string(spans)
    .refine((text) => readSpans(text) !== undefined, spans)
    .optional();

/** The name of a time zone, which may be left out. */
export function timeZone() {
    return z.string(zone).refine(isTimeZone, zone).optional();
}

/** The days of a week, each with its hours. */
export const week = {
    sunday: day,
    monday: day,
    tuesday: day,
    wednesday: day,
    thursday: day,
    friday: day,
    saturday: day,
};

type Week = Readonly<Partial<Record<Weekday, string | undefined>>>;

/** What clinic.yaml says of the clinic's clocks. */
interface ClinicClocks {
    readonly country?: CountryCode | undefined;
    readonly timeZone?: string | undefined;
    readonly hours: Week;
}

/** What it says of the clinic's people in addition. */
interface Clocks {
    readonly clinic: ClinicClocks;
    readonly staff: { readonly hours: Week & { readonly timeZone?: string | undefined } };
}

/** The time zone of the clinic: as written, else its country's, where that has one alone. */
export function clinicTimeZone({ timeZone: own, country }: ClinicClocks): string | undefined {
    return own ?? countryOf(country).timeZone;
}

/** When the clinic is open; `undefined`: nothing is said of it. */
export function clinicHours(clinic: ClinicClocks): WorkingHours | undefined {
    return hoursOf(clinic.hours, clinicTimeZone(clinic));
}

/** When the clinic's people are there: their own hours, else the clinic's; `undefined`: always. */
export function staffHours({ clinic, staff }: Clocks): WorkingHours | undefined {
    const { timeZone: own, ...days } = staff.hours;
    return hoursOf(days, own ?? clinicTimeZone(clinic)) ?? clinicHours(clinic);
}

/** The first day of a week that has hours. */
export function writtenDay(days: Week): Weekday | undefined {
    return weekdays.find((name) => days[name] !== undefined);
}

function hoursOf(written: Week, inZone: string | undefined): WorkingHours | undefined {
    const days = weekdays.flatMap((name) => {
        const read = readSpans(written[name] ?? "");
        return read === undefined ? [] : [[name, read] as const];
    });
    if (inZone === undefined || days.length === 0) return undefined;
    return { timeZone: inZone, days: Object.fromEntries(days) };
}
