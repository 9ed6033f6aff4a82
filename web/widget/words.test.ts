import { describe, expect, it } from "vitest";
import { pickLanguage, WORDS } from "./words";

describe("the widget's words", () => {
  it("are complete in every language", () => {
    for (const words of Object.values(WORDS)) {
      expect(Object.keys(words)).toEqual(Object.keys(WORDS.en));
      for (const text of Object.values(words)) expect(text.trim()).not.toBe("");
    }
  });

  it("are chosen by the first tag that we speak", () => {
    expect(pickLanguage([null, "fr", "ru-RU"])).toBe("ru");
    expect(pickLanguage([])).toBe("en");
  });
});
