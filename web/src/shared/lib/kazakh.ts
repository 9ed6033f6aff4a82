// Browsers say that they speak Kazakh and then write "M12 1, Tue" and "€ 1,234.50": Chromium leaves the data of the
// language out (seen with version 156). Its dates and durations are worded here after CLDR 48; numbers are written as
// in Russian, with the same separators and the currency behind.

/** The locale that writes numbers as Kazakh does. */
export const NUMBERS_AS = "ru";

const MONTHS = [
  "қаңтар",
  "ақпан",
  "наурыз",
  "сәуір",
  "мамыр",
  "маусым",
  "шілде",
  "тамыз",
  "қыркүйек",
  "қазан",
  "қараша",
  "желтоқсан",
];
const MONTHS_SHORT = ["қаң.", "ақп.", "нау.", "сәу.", "мам.", "мау.", "шіл.", "там.", "қыр.", "қаз.", "қар.", "жел."];
const WEEKDAYS = ["жексенбі", "дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі"];
const WEEKDAYS_SHORT = ["жс", "дс", "сс", "ср", "бс", "жм", "сб"];

/** Writes dates with the parts that `options` name, in the order of the language: `2026 ж. 1 желтоқсан, сейсенбі, 13:10`. */
export function kazakhDates(options: Intl.DateTimeFormatOptions): { format: (date: Date) => string } {
  const reading = new Intl.DateTimeFormat("en-GB", {
    timeZone: options.timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  return {
    format(date) {
      const part: Record<string, string> = {};
      for (const { type, value } of reading.formatToParts(date)) part[type] = value;
      const weekday = new Date(Date.UTC(Number(part.year), Number(part.month) - 1, Number(part.day))).getUTCDay();
      const month = (options.month === "long" ? MONTHS : MONTHS_SHORT)[Number(part.month) - 1];
      const day = [
        options.year && `${part.year} ж.`,
        options.day && String(Number(part.day)),
        options.month && month,
      ].filter(Boolean);
      return [
        day.join(" "),
        options.weekday && (options.weekday === "long" ? WEEKDAYS : WEEKDAYS_SHORT)[weekday],
        options.hour && `${part.hour}:${part.minute}`,
      ]
        .filter(Boolean)
        .join(", ");
    },
  };
}

const UNITS: Partial<Record<Intl.RelativeTimeFormatUnit, string>> = { minute: "мин.", hour: "сағ.", day: "күн" };
const NEAR: Record<string, string> = { "day-1": "кеше", day0: "бүгін", day1: "ертең" };

/** How long ago, or in what time. */
export const kazakhAgo = {
  format(value: number, unit: Intl.RelativeTimeFormatUnit): string {
    const near = NEAR[`${unit}${value}`];
    if (near) return near;
    if (value === 0 || !UNITS[unit]) return "қазір";
    return `${Math.abs(value)} ${UNITS[unit]} ${value < 0 ? "бұрын" : "кейін"}`;
  },
};
