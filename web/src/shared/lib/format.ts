import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { kazakhAgo, kazakhDates, NUMBERS_AS } from "./kazakh";
import { type Day, dayAsDate } from "./zoned";

/** An amount as the contract carries it: a decimal string and an ISO 4217 code. */
export type Money = { amount: string; currency: string };

type Dates = Pick<Intl.DateTimeFormat, "format"> | ReturnType<typeof kazakhDates>;
type Formatter = Dates | Intl.NumberFormat | Intl.RelativeTimeFormat;

const cache = new Map<string, Formatter>();

function memo<T extends Formatter>(key: string, make: () => T): T {
  let found = cache.get(key) as T | undefined;
  if (!found) {
    found = make();
    cache.set(key, found);
  }
  return found;
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): { format: (date: Date) => string } {
  return memo<Dates>(`d${locale}${JSON.stringify(options)}`, () =>
    locale === "kk" ? kazakhDates(options) : new Intl.DateTimeFormat(locale, options),
  );
}

/** Formatters of one locale; money, phone, dates and numbers go through here and nowhere else. */
export function formatters(language: string) {
  // English without a country is that of Europe, where the company is more likely to be.
  const locale = language === "en" ? (navigator.language.startsWith("en-") ? navigator.language : "en-GB") : language;
  const numbers = language === "kk" ? NUMBERS_AS : locale;
  const relative =
    language === "kk"
      ? kazakhAgo
      : memo(`r${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }));
  return {
    money(value: Money): string {
      const amount = Number(value.amount);
      // As the assistant writes sums: whole tenge without decimals, everything else with them.
      const whole = value.currency === "KZT" && Number.isInteger(amount);
      try {
        return memo(
          `m${locale}${value.currency}${whole}`,
          () =>
            new Intl.NumberFormat(numbers, {
              style: "currency",
              currency: value.currency,
              currencyDisplay: "narrowSymbol",
              minimumFractionDigits: whole ? 0 : undefined,
              maximumFractionDigits: whole ? 0 : undefined,
            }),
        ).format(amount);
      } catch {
        return `${value.amount} ${value.currency}`;
      }
    },
    number(value: number): string {
      return memo(`n${locale}`, () => new Intl.NumberFormat(numbers)).format(value);
    },
    /** A decimal as the server writes it, with as many places. */
    decimal(value: string): string {
      const places = value.split(".")[1]?.length ?? 0;
      return memo(
        `d${locale}${places}`,
        () => new Intl.NumberFormat(numbers, { minimumFractionDigits: places, maximumFractionDigits: places }),
      ).format(Number(value));
    },
    unit(value: number, unit: "minute" | "gram" | "milliliter"): string {
      return memo(
        `u${locale}${unit}`,
        () => new Intl.NumberFormat(numbers, { style: "unit", unit, unitDisplay: "short" }),
      ).format(value);
    },
    percent(value: number): string {
      return memo(`p${locale}`, () => new Intl.NumberFormat(numbers, { style: "percent" })).format(value);
    },
    bytes(value: number): string {
      const mega = value >= 1_000_000;
      return memo(
        `b${locale}${mega}`,
        () =>
          new Intl.NumberFormat(numbers, {
            style: "unit",
            unit: mega ? "megabyte" : "kilobyte",
            maximumFractionDigits: mega ? 1 : 0,
          }),
      ).format(value / (mega ? 1_000_000 : 1000));
    },
    time(value: string | Date, zone?: string): string {
      return dateFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(
        new Date(value),
      );
    },
    date(value: string | Date, zone?: string): string {
      return dateFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: zone }).format(
        new Date(value),
      );
    },
    dateTime(value: string | Date, zone?: string): string {
      return dateFormat(locale, {
        day: "numeric",
        month: "short",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
        timeZone: zone,
      }).format(new Date(value));
    },
    currency(code: string): string {
      try {
        return new Intl.DisplayNames(numbers, { type: "currency" }).of(code) ?? code;
      } catch {
        return code;
      }
    },
    day(day: Day, options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" }): string {
      return dateFormat(locale, { ...options, timeZone: "UTC" }).format(dayAsDate(day));
    },
    ago(value: string | Date, now: number = Date.now()): string {
      const seconds = (new Date(value).getTime() - now) / 1000;
      const size = Math.abs(seconds);
      if (size < 45) return relative.format(0, "second");
      if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
      if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
      if (size < 7 * 86_400) return relative.format(Math.round(seconds / 86_400), "day");
      return dateFormat(locale, { day: "numeric", month: "short" }).format(new Date(value));
    },
  };
}

/** The formatters of the interface language. */
export function useFormat() {
  const { i18n } = useTranslation();
  return formatters(i18n.language);
}

/** As `useFormat`, outside of components. */
export function currentFormat() {
  return formatters(i18next.language);
}

/** The name of a place's clock, with its offset: `Madrid (GMT+1)`. */
export function zoneLabel(zone: string, locale: string, at: Date = new Date()): string {
  const city = zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
  try {
    const offset = new Intl.DateTimeFormat(locale === "kk" ? "en" : locale, {
      timeZone: zone,
      timeZoneName: "shortOffset",
    })
      .formatToParts(at)
      .find((part) => part.type === "timeZoneName")?.value;
    return offset ? `${city} (${offset})` : city;
  } catch {
    return city;
  }
}
