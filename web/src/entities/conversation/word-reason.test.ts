import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { LOCALES, type Locale } from "@/shared/i18n";
import { formatters } from "@/shared/lib/format";
import { wordReason } from "./word-reason";

beforeAll(async () => {
  const words = await Promise.all(LOCALES.map((locale) => import(`../../shared/i18n/locales/${locale}.json`)));
  await i18next.init({
    lng: "en",
    resources: Object.fromEntries(LOCALES.map((locale, at) => [locale, { translation: words[at].default }])),
    interpolation: { escapeValue: false },
  });
});

function say(locale: Locale, step: string, code: string, values: Record<string, unknown> = {}): string | undefined {
  const said = wordReason(
    step,
    { code, values },
    {
      t: i18next.getFixedT(locale),
      exists: (key) => i18next.exists(key, { lng: locale }),
      format: formatters(locale),
    },
  );
  return said?.replace(/[\u00a0\u202f]/g, " ");
}

const roses = { words: "red roses", amounts: { counts: [{ value: 2, of_packs: true }] }, row: "R20", rows: 1 };
const eur = (amount: string) => ({ amount, currency: "EUR" });

describe("wordReason", () => {
  it("words what was understood in the reader's language", () => {
    expect(say("en", "understood", "want", { mention: roses, add: false })).toBe("Wants “red roses”, 2 (row R20).");
    expect(say("ru", "understood", "want", { mention: roses, add: true })).toBe(
      "Добавляет «red roses», 2 (строка R20).",
    );
    expect(say("es", "understood", "drop", { mention: null })).toBe("Quita el artículo.");
    expect(say("en", "understood", "date", { date: "2026-03-09" })).toMatch(/^Day: Monday.* 9/);
    expect(say("ru", "understood", "part_of_day", { from: "12:00:00", to: "18:00:00" })).toBe("Между 12:00 и 18:00.");
  });

  it("names topics and items of a question", () => {
    const about = [{ words: "cat", rows: 3 }];
    expect(say("en", "understood", "ask", { topics: [], about: [] })).toBe("Asks a question.");
    expect(say("en", "understood", "ask", { topics: ["price", "not_included"], about })).toBe(
      "Asks about “cat” (rows that fit: 3): price, what is not included.",
    );
    expect(say("en", "understood", "ask", { topics: ["added_later"], about: [] })).toBe(
      "Asks about this: something else.",
    );
  });

  it("writes sums as the language does", () => {
    const total = { parts: [eur("79.00"), eur("17.50")], total: eur("96.50") };
    expect(say("en", "quoted", "total", total)).toBe("Total: €79.00 + €17.50 = €96.50");
    expect(say("es", "quoted", "total", { parts: [eur("79.00")], total: eur("79.00") })).toBe("Total: 79,00 €");
    expect(say("ru", "quoted", "delivery_waived", { full: eur("5.00"), from: eur("60.00") })).toContain("5,00 €");
    expect(say("kk", "decided", "ask", { fields: ["name", "phone"] })).toBe("Жетіспейтінін сұрау: аты, телефон.");
  });

  it("leaves a code of another build to the caller", () => expect(say("en", "understood", "juggle")).toBeUndefined());
});
