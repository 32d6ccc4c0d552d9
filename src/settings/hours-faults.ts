import { countryOf } from "./countries.ts";
import type { Fault } from "./faults.ts";
import { clinicTimeZone, writtenDay } from "./hours-settings.ts";
import type { ClinicFile } from "./read-clinic-file.ts";

/** Hours mean nothing without a time zone. */
export function hoursFaults({ settings, isFaulty, valuePlace }: ClinicFile): Fault[] {
    const { clinic, staff } = settings;
    const isUncertain = isFaulty(["clinic", "timeZone"]) || isFaulty(["clinic", "country"]);
    if (clinicTimeZone(clinic) !== undefined || isUncertain) return [];
    const why =
        clinic.country === undefined || countryOf(clinic.country).timeZone !== undefined
            ? ""
            : `, because clocks differ within ${clinic.country}`;
    const faults: Fault[] = [];
    const clinicDay = writtenDay(clinic.hours);
    if (clinicDay !== undefined) {
        const message = `clinic.hours needs a time zone${why}. Add a line like timeZone: Asia/Riyadh beneath clinic.`;
        faults.push({ ...valuePlace(["clinic", "hours", clinicDay]), message });
    }
    const staffDay = writtenDay(staff.hours);
    const lacksZone =
        staff.hours.timeZone === undefined && !isFaulty(["staff", "hours", "timeZone"]);
    if (staffDay !== undefined && lacksZone) {
        const message = `staff.hours needs a time zone${why}. Add a line like timeZone: Asia/Riyadh beneath hours.`;
        faults.push({ ...valuePlace(["staff", "hours", staffDay]), message });
    }
    return faults;
}
