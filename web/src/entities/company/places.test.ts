import { describe, expect, it } from "vitest";
import { guessPlace } from "./places";

describe("guessPlace", () => {
  it("knows a city in any of its spellings", () => {
    for (const city of ["Málaga", "malaga", " VALENCIA ", "Валенсия", "Sevilla", "Seville"])
      expect(guessPlace(city, "EN")).toEqual({ currency: "EUR", timezone: "Europe/Madrid" });
    expect(guessPlace("Алматы", "RU")).toEqual({ currency: "KZT", timezone: "Asia/Almaty" });
    expect(guessPlace("Las Palmas", "ES").timezone).toBe("Atlantic/Canary");
  });

  it("goes by the language when the city is unknown", () => {
    expect(guessPlace("Nowhere", "KK").currency).toBe("KZT");
    expect(guessPlace("", "RU").currency).toBe("RUB");
  });
});
