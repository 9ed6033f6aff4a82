import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { changeLocale, pickLocale, startI18n } from ".";

describe("languages", () => {
  it("takes the first tag that we speak", () => {
    expect(pickLocale([null, "fr-FR", "kk-KZ", "ru"])).toBe("kk");
    expect(pickLocale(["de"])).toBe("en");
  });

  it("counts as Russian and Kazakh count", async () => {
    await startI18n("ru");
    const rows = (count: number) => i18next.t("import.rows", { count });
    expect([1, 2, 5, 21, 111].map(rows)).toEqual(["1 строка", "2 строки", "5 строк", "21 строка", "111 строк"]);
    await changeLocale("kk");
    expect([1, 5].map(rows)).toEqual(["1 жол", "5 жол"]);
    expect(document.documentElement.lang).toBe("kk");
  });
});
