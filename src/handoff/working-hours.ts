/** When the clinic's people are there. Pure; summer time is what `Intl` knows of the time zone. */

/** The days, in the order of `Date.prototype.getUTCDay`. */
export const weekdays = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
] as const;

/** A day of the week. */
export type Weekday = (typeof weekdays)[number];

/** From one minute of the day to before another. One that ends no later than it begins ends next day. */
export interface Span {
    /** Minutes from midnight, 0 to 1439. */
    readonly from: number;
    /** Minutes from midnight, 0 to 1440. */
    readonly to: number;
}

/** The hours of a week, as the clocks of a time zone show them. */
export interface WorkingHours {
    /** Of the IANA database, like `Asia/Riyadh`. */
    readonly timeZone: string;
    /** A day that is missing is closed. */
    readonly days: Readonly<Partial<Record<Weekday, readonly Span[]>>>;
}

const minutesOfDay = 24 * 60;
const minuteMs = 60_000;

/**
 * Reads the hours of a day, like `08:00-12:00, 16:00-20:00`. `undefined`: they are not written in
 * this way, or two of them overlap.
 */
export function readSpans(text: string): readonly Span[] | undefined {
    const spans = text.split(",").map(readSpan);
    const known = spans.filter((span) => span !== undefined);
    if (known.length < spans.length) return undefined;
    const sorted = known.toSorted((one, other) => one.from - other.from);
    const overlap = sorted.some((span, index) => {
        const next = sorted[index + 1];
        return next !== undefined && endOf(span) > next.from;
    });
    return overlap ? undefined : sorted;
}

function readSpan(text: string): Span | undefined {
    const [, ...digits] = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/.exec(text) ?? [];
    const [fromHour = NaN, fromMinute = NaN, toHour = NaN, toMinute = NaN] = digits.map(Number);
    const from = fromHour * 60 + fromMinute;
    const to = toHour * 60 + toMinute;
    const sound = from < minutesOfDay && to <= minutesOfDay && fromMinute < 60 && toMinute < 60;
    return sound && from !== to ? { from, to } : undefined;
}

/** Counted on from midnight of the day on which the span begins. */
function endOf({ from, to }: Span): number {
    return to > from ? to : to + minutesOfDay;
}

/** Whether `Intl` knows a time zone. */
export function isTimeZone(name: string): boolean {
    try {
        // "+03:00" is one as well, but it knows no summer time: nobody means that.
        return /^[A-Za-z]/.test(name) && zoneClock(name) !== undefined;
    } catch {
        return false;
    }
}

/** Whether the clinic's people are there. Without hours they always are. */
export function isOpen(hours: WorkingHours | undefined, atMs: number): boolean {
    if (!hours) return true;
    const { day, minutes } = localTime(hours.timeZone, atMs);
    const today = spansOf(hours, day);
    const yesterday = spansOf(hours, day + 6);
    return (
        today.some((span) => span.from <= minutes && minutes < endOf(span)) ||
        yesterday.some((span) => minutes + minutesOfDay < endOf(span))
    );
}

/**
 * When the clinic opens next, in milliseconds since 1970: `atMs` itself while it is open,
 * `undefined` when it never does.
 */
export function nextOpening(hours: WorkingHours | undefined, atMs: number): number | undefined {
    if (!hours || isOpen(hours, atMs)) return atMs;
    const today = localTime(hours.timeZone, atMs);
    const candidates = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((ahead) =>
        spansOf(hours, today.day + ahead).flatMap(({ from }) =>
            openedBy(hours, today.midnightUtcMs + (ahead * minutesOfDay + from) * minuteMs),
        ),
    );
    const later = candidates.filter((ms) => ms > atMs);
    return later.length === 0 ? undefined : Math.min(...later);
}

/**
 * A time as people read it: the day and the time at the clinic, in Latin digits.
 *
 * @param timeZone Default: that of this machine.
 */
export function describeTime(
    atMs: number,
    language: "ar" | "en",
    timeZone: string | undefined,
): string {
    return new Intl.DateTimeFormat(language === "ar" ? "ar-u-nu-latn-ca-gregory" : "en-GB", {
        ...(timeZone === undefined ? {} : { timeZone }),
        weekday: "long",
        day: "numeric",
        month: "long",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
    }).format(atMs);
}

function spansOf({ days }: WorkingHours, day: number): readonly Span[] {
    const name = weekdays[day % 7];
    return (name && days[name]) ?? [];
}

interface LocalTime {
    /** 0: Sunday. */
    readonly day: number;
    /** Since midnight, by the clock on the wall. */
    readonly minutes: number;
    /** The local midnight, written as if it were UTC. */
    readonly midnightUtcMs: number;
}

function localTime(timeZone: string, atMs: number): LocalTime {
    const wallMs = wallClock(timeZone, atMs);
    const midnightUtcMs = Math.floor(wallMs / 86_400_000) * 86_400_000;
    return {
        day: new Date(wallMs).getUTCDay(),
        minutes: Math.floor((wallMs - midnightUtcMs) / minuteMs),
        midnightUtcMs,
    };
}

/** What the clock on the wall shows, written as if it were UTC. */
function wallClock(timeZone: string, atMs: number): number {
    const parts = new Map(
        zoneClock(timeZone)
            .formatToParts(atMs)
            .map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Date.UTC(
        part("year"),
        part("month") - 1,
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
    );
}

/** Longest gap that clocks jump over in one step, in minutes; with some to spare. */
const longestGap = 180;

/**
 * The moments at which the clinic is open because the wall shows this time: two when clocks that
 * are put back show it twice. Those that are put forward may jump over it: then the clinic opens
 * right after that.
 */
function openedBy(hours: WorkingHours, wallMs: number): readonly number[] {
    const { timeZone } = hours;
    const dayMs = minutesOfDay * minuteMs;
    // The offsets before and after any change of that day.
    const guesses = [wallMs - dayMs, wallMs + dayMs].map(
        (ms) => wallMs - (wallClock(timeZone, ms) - ms),
    );
    const shown = guesses.filter((ms) => wallClock(timeZone, ms) === wallMs);
    if (shown.length > 0) return shown;
    const fromMs = Math.min(...guesses);
    for (let minute = 0; minute <= longestGap; minute += 1) {
        if (isOpen(hours, fromMs + minute * minuteMs)) return [fromMs + minute * minuteMs];
    }
    return [];
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws `RangeError` for an unknown time zone. */
function zoneClock(timeZone: string): Intl.DateTimeFormat {
    const known = clocks.get(timeZone);
    if (known) return known;
    const clock = new Intl.DateTimeFormat("en-US", {
        timeZone,
        calendar: "gregory",
        numberingSystem: "latn",
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
    });
    clocks.set(timeZone, clock);
    return clock;
}
