import type { TFunction } from "i18next";
import type { formatters, Money } from "@/shared/lib/format";
import { parseDay } from "@/shared/lib/zoned";

/** One statement of a turn's reasons, as the contract has it. */
export type Line = { code: string; values: Record<string, unknown> };

type Amounts = {
  counts?: { value: number }[];
  minutes?: number | null;
  grams?: number | null;
  millilitres?: number | null;
  more?: boolean;
};
type Mention = { words: string; amounts?: Amounts; row?: string; rows: number };

/** What words a line: the texts, whether there is one, and the formatters of the same language. */
export type Wording = {
  t: TFunction;
  exists: (key: string) => boolean;
  format: ReturnType<typeof formatters>;
};

/** The line in the reader's language; nothing for a code that this build does not know. */
export function wordReason(step: string, line: Line, wording: Wording): string | undefined {
  const { code, ...values } = worded(step, line, wording);
  const key = `reasonLine.${step}.${code}`;
  return wording.exists(key) ? wording.t(key, values) : undefined;
}

function worded(step: string, { code, values }: Line, wording: Wording): { code: string } & Record<string, string> {
  const { format, t } = wording;
  const text = (name: string) => (values[name] == null ? "" : String(values[name]));
  const money = (name: string) => format.money(values[name] as Money);
  const mention = (name: string) => mentionText(values[name] as Mention, wording);
  const time = (name: string) => text(name).slice(0, 5);

  if (step === "quoted") {
    if (code === "line" || code === "line_free")
      return {
        code,
        quantity: format.number(Number(values.quantity)),
        name: text("name"),
        unit: code === "line" ? money("unit") : "",
        total: code === "line" ? money("total") : "",
      };
    if (code === "total") {
      const parts = (values.parts as Money[]) ?? [];
      return {
        code: parts.length > 1 ? "totalOf" : code,
        total: money("total"),
        parts: parts.map((part) => format.money(part)).join(" + "),
      };
    }
    return Object.assign({ code }, ...Object.keys(values).map((name) => ({ [name]: money(name) })));
  }
  if (step === "decided") {
    if (code === "ask")
      return { code, fields: list(((values.fields as string[]) ?? []).map((name) => t(`missing.${name}`))) };
    return { code, total: values.total ? money("total") : "" };
  }
  switch (code) {
    case "browse":
      return { code: values.detail ? "browseDetail" : code };
    case "ask": {
      const about = ((values.about as Mention[]) ?? []).map((one) => mentionText(one, wording));
      const topics = ((values.topics as string[]) ?? []).map((topic) =>
        wording.exists(`topic.${topic}`) ? t(`topic.${topic}`) : t("topic.other"),
      );
      const form = `ask${about.length ? "About" : ""}${topics.length ? "Topics" : ""}`;
      return { code: form, about: list(about), topics: list([...new Set(topics)]) };
    }
    case "want":
      return { code: values.add ? "wantMore" : code, what: mention("mention") };
    case "drop":
    case "keep":
      return values.mention ? { code, what: mention("mention") } : { code: `${code}It` };
    case "quantity":
      return { code, amounts: amountsText(values.amounts as Amounts, wording) };
    case "choose":
      return values.ordinal === -1 ? { code: "chooseLast" } : { code, number: format.number(Number(values.ordinal)) };
    case "choose_by_price":
      return { code: values.dearest ? "dearest" : "cheapest" };
    case "all":
      return { code: values.both ? "both" : code };
    case "swap":
      return values.from ? { code, from: mention("from"), to: mention("to") } : { code: "swapIt", to: mention("to") };
    case "city":
      return {
        code: values.spelled == null ? "cityUnknown" : values.spelled === values.said ? code : "citySpelled",
        said: text("said"),
        spelled: text("spelled"),
      };
    case "date": {
      const day = parseDay(text("date"));
      return { code, date: day ? format.day(day) : text("date") };
    }
    case "time":
      return { code, time: time("time") };
    case "part_of_day":
      return { code, from: time("from"), to: time("to") };
    case "refund":
      return values.about ? { code: "refundAbout", about: mention("about") } : { code };
    case "contact": {
      const kind = t(`contactKind.${text("kind")}`);
      return values.about ? { code: "contactAbout", about: mention("about"), kind } : { code, kind };
    }
    case "unknown":
      return { code: values.question ? "unknownQuestion" : code, text: text("text") };
    default:
      return Object.assign({ code }, ...Object.keys(values).map((name) => ({ [name]: text(name) })));
  }
}

/** The four languages set lists with commas. */
function list(parts: readonly string[]): string {
  return parts.join(", ");
}

function mentionText(mention: Mention, wording: Wording): string {
  const amounts = mention.amounts ? amountsText(mention.amounts, wording) : "";
  const form = mention.rows === 0 ? "none" : mention.rows === 1 ? "row" : "rows";
  return wording.t(`mention.${form}${amounts ? "Of" : ""}`, {
    words: mention.words,
    amounts,
    row: mention.row ?? "",
    rows: wording.format.number(mention.rows),
  });
}

function amountsText(amounts: Amounts, { t, format }: Wording): string {
  const parts = (amounts.counts ?? []).map((count) => format.number(count.value));
  if (amounts.minutes) parts.push(format.unit(amounts.minutes, "minute"));
  if (amounts.grams) parts.push(format.unit(amounts.grams, "gram"));
  if (amounts.millilitres) parts.push(format.unit(amounts.millilitres, "milliliter"));
  const said = list(parts);
  return amounts.more && said ? t("mention.more", { amounts: said }) : said;
}
