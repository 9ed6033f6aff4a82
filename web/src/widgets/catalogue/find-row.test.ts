import { describe, expect, it } from "vitest";
import { findRow } from "./find-row";

async function found(numbers: number[], wanted: number): Promise<number | undefined> {
  let looks = 0;
  const at = await findRow(wanted, numbers.length, async (index) => {
    looks++;
    return numbers[index];
  });
  expect(looks).toBeLessThan(60);
  return numbers[at];
}

const whole = Array.from({ length: 10_000 }, (_, index) => index + 2);
const gaps = whole.filter((number) => number % 7 !== 0 && (number < 300 || number > 900));

describe("findRow", () => {
  it("finds a row of a whole table at the first look", async () => {
    let looks = 0;
    const at = await findRow(9000, whole.length, async (index) => {
      looks++;
      return whole[index];
    });
    expect([whole[at], looks]).toEqual([9000, 2]);
  });
  it("finds every row of a table with gaps, and the nearest before one that is not there", async () => {
    for (const wanted of [2, 299, 901, 5000, 9999]) expect(await found(gaps, wanted)).toBe(wanted);
    expect(await found(gaps, 700)).toBe(299);
    expect(await found(gaps, 5005)).toBe(5004);
  });
  it("ends at the first and at the last row", async () => {
    expect(await found(gaps, 1)).toBe(2);
    expect(await found(gaps, 50_000)).toBe(10_001);
    expect(await found([5], 9)).toBe(5);
  });
});
