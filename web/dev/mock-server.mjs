// A stand-in for the real server, for developing and testing the pages only. State lives in memory.
// `node dev/mock-server.mjs` serves dist/, /graphql (HTTP and WebSocket), /files, /pay and /widget on PORT (8787).
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { buildSchema, graphql } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { products, services, talks } from "./mock-data.mjs";

const here = new URL("..", import.meta.url).pathname;
const dist = join(here, "dist");
const port = Number(process.env.PORT ?? 8787);
const origin = `http://127.0.0.1:${port}`;
const code = process.env.X8_CODE ?? "demo-code";
const schemaFile = existsSync(join(here, "../schema.graphql"))
  ? join(here, "../schema.graphql")
  : join(here, "schema.dev.graphql");
const schema = buildSchema(readFileSync(schemaFile, "utf8"));

const id = (kind) => `${kind}:${randomUUID()}`;
let clock = 0;
const now = () => new Date(Date.now() + clock);
const iso = (date) => new Date(date).toISOString();
const money = (amount, currency = "EUR") => ({
  minor: String(Math.round(amount * 100)),
  amount: amount.toFixed(2),
  currency,
});
const problem = (field, problemCode, message) => ({ userErrors: [{ field: [field], code: problemCode, message }] });

function connect(list, { first, after, last, before, offset } = {}) {
  let from = offset ?? 0;
  let to = list.length;
  if (after) from = Number(after) + 1;
  if (before) to = Number(before);
  if (first != null) to = Math.min(to, from + first);
  if (last != null) from = Math.max(from, to - last);
  const nodes = list.slice(from, to);
  return {
    nodes,
    edges: nodes.map((node, index) => ({ cursor: String(from + index), node })),
    pageInfo: {
      hasNextPage: to < list.length,
      hasPreviousPage: from > 0,
      startCursor: nodes.length ? String(from) : null,
      endCursor: nodes.length ? String(to - 1) : null,
    },
    totalCount: list.length,
  };
}

// One owner, her companies.
const state = { owner: null, sessions: new Set(), companies: [], files: new Map(), events: [], listeners: new Set() };
let needsOwner = true;

function publish(companyId, event) {
  const full = { cursor: String(state.events.length + 1), kind: "RESYNC", companyId, ...event };
  state.events.push(full);
  for (const listener of state.listeners) listener(full);
}

const limits = { INSTAGRAM: 800, WHATSAPP: 3800, TELEGRAM: 3800, EMAIL: 7000, FACEBOOK: 1950, WEBCHAT: 1950 };

const productColumns = [
  ["product_name", "Name", false, true, "text"],
  ["sku", "SKU", false, false, "text"],
  ["description", "Description", false, true, "text"],
  ["price", "Price", false, false, "money"],
  ["category", "Category", false, false, "text"],
  ["cities", "Cities", false, false, "list"],
  ["image_url", "Image", false, false, "url"],
  ["stock_units", "In stock", true, false, "integer"],
  ["supplier_contact", "Supplier", true, false, "text"],
].map(([key, heading, internal, required, kind]) => ({ key, heading, internal, required, kind }));
const serviceColumns = productColumns.map((column) =>
  column.key === "product_name"
    ? { ...column, key: "service_name" }
    : column.key === "stock_units"
      ? { ...column, key: "slots_available", heading: "Places" }
      : column,
);

function checkRow(row) {
  const name = row.cells.product_name ?? row.cells.service_name;
  row.problems = [];
  const add = (column, problemCode, message, suggestion, severity = "error") =>
    row.problems.push({
      row: row.number,
      column,
      code: problemCode,
      severity,
      value: row.cells[column] ?? "",
      message,
      suggestion,
    });
  if (!name)
    add(
      row.kind === "PRODUCT" ? "product_name" : "service_name",
      "name_missing",
      "The name is missing.",
      "Write the name customers know.",
    );
  if (!row.cells.description)
    add("description", "description_missing", "The description is missing.", "One sentence is enough.");
  const price = row.cells.price;
  if (price && !/^\d+([.,]\d{1,2})?$/.test(price))
    add("price", "not_a_price", `“${price}” is not a price.`, "Write a number such as 45.00.");
  const amount =
    price && row.problems.every((one) => one.column !== "price") ? Number(String(price).replace(",", ".")) : 0;
  row.item = name
    ? {
        key: row.key,
        sku: row.cells.sku,
        name,
        kind: row.kind,
        description: row.cells.description ?? "",
        price: amount ? money(amount) : null,
        free: !amount,
        imageUrl: null,
        websiteUrl: null,
        videoUrl: null,
        category: row.cells.category,
        cities: (row.cells.cities ?? "")
          .split(",")
          .map((city) => city.trim())
          .filter(Boolean),
        online: false,
      }
    : null;
  return row;
}

function makeRow(number, kind, cells) {
  return checkRow({ id: id("row"), number, key: cells.sku || `r${number}`, kind, cells, leftOut: false, problems: [] });
}

function makeVersion(company, rows, status) {
  const version = {
    id: id("version"),
    number: company.catalogue.all.length + 1,
    status,
    createdAt: iso(now()),
    publishedAt: status === "PUBLISHED" ? iso(now()) : null,
    columns: company.type === "SERVICE" ? serviceColumns : productColumns,
    list: rows,
    rowCount: () => version.list.length,
    problemCount: () => version.list.reduce((sum, row) => sum + (row.leftOut ? 0 : row.problems.length), 0),
    rows: ({ search, onlyProblems, ...page }) =>
      connect(
        version.list.filter(
          (row) =>
            (!onlyProblems || row.problems.length) &&
            (!search || JSON.stringify(row.cells).toLowerCase().includes(search.toLowerCase())),
        ),
        page,
      ),
    diff: () => {
      const old = company.catalogue.published;
      if (!old || old === version) return null;
      const before = new Map(old.list.map((row) => [row.key, row]));
      const sample = [];
      let added = 0,
        changed = 0,
        unchanged = 0;
      for (const row of version.list) {
        const was = before.get(row.key);
        before.delete(row.key);
        const columns = was ? Object.keys(row.cells).filter((key) => row.cells[key] !== was.cells[key]) : [];
        if (!was) added++;
        else if (columns.length) changed++;
        else unchanged++;
        if (!was || columns.length)
          sample.push({ key: row.key, name: row.item?.name ?? row.key, change: was ? "changed" : "added", columns });
      }
      for (const row of before.values())
        sample.push({ key: row.key, name: row.item?.name ?? row.key, change: "removed", columns: [] });
      return { added, changed, removed: before.size, unchanged, sample: sample.slice(0, 20) };
    },
  };
  company.catalogue.all.unshift(version);
  return version;
}

function sampleRows(kind) {
  return (kind === "SERVICE" ? services : products).map(([sku, name, description, price, category], index) =>
    makeRow(index + 1, kind === "SERVICE" ? "SERVICE" : "PRODUCT", {
      [kind === "SERVICE" ? "service_name" : "product_name"]: name,
      sku,
      description,
      price: price ? price.toFixed(2) : "",
      category,
      cities: "Valencia, Madrid, Barcelona, Sevilla",
      [kind === "SERVICE" ? "slots_available" : "stock_units"]: "120",
      supplier_contact: "orders@supplier.example",
    }),
  );
}

function makeCompany({ name, type, shopType, city, language, currency, timezone }) {
  const company = {
    id: id("company"),
    code:
      name
        .toLowerCase()
        .normalize("NFKD")
        .replace(/[^\p{L}\d]+/gu, "-")
        .replace(/^-|-$/g, "") || "shop",
    name,
    type,
    status: "ACTIVE",
    shopType,
    currency: currency ?? "EUR",
    timezone: timezone ?? "Europe/Madrid",
    language,
    city,
    talks: [],
    people: [],
    orderList: [],
    bookingList: [],
    importList: [],
    jobList: [],
    tried: false,
    calendarFeedUrl: `${origin}/calendar/${randomBytes(6).toString("hex")}.ics`,
  };
  company.branches = [
    {
      id: id("branch"),
      name: city,
      city,
      address: null,
      timezone: company.timezone,
      openingHours: [1, 2, 3, 4, 5, 6].map((weekday) => ({
        weekday,
        opens: "09:00",
        closes: weekday === 6 ? "14:00" : "19:00",
      })),
    },
  ];
  company.channels = [
    {
      id: id("channel"),
      kind: "WEBCHAT",
      provider: "built-in",
      name: "Web chat",
      status: "CONNECTED",
      quietPeriodMs: 1200,
      maxChars: 1950,
      widgetKey: randomBytes(8).toString("hex"),
      lastError: null,
    },
  ];
  company.catalogue = {
    id: id("catalogue"),
    published: null,
    draft: null,
    all: [],
    versions: (page) => connect(company.catalogue.all, page),
  };
  company.checklist = () => [
    { key: "catalogue_imported", done: company.catalogue.all.length > 0 },
    { key: "catalogue_published", done: Boolean(company.catalogue.published) },
    { key: "assistant_tried", done: company.tried },
    { key: "order_paid", done: company.orderList.some((order) => order.paymentStatus === "PAID") },
    { key: "channel_added", done: company.channels.length > 1 },
  ];
  company.summary = () => ({
    conversationsOpen: company.talks.filter((talk) => talk.status === "OPEN").length,
    conversationsNeedAttention: company.talks.filter((talk) => talk.needsAttention).length,
    messagesToday: company.talks.reduce((sum, talk) => sum + talk.list.length, 0),
    ordersUnpaid: company.orderList.filter((order) => order.paymentStatus === "PAYMENT_LINK_SENT").length,
    ordersPaidToday: company.orderList.filter((order) => order.paymentStatus === "PAID").length,
    revenueToday: money(
      company.orderList
        .filter((order) => order.paymentStatus === "PAID")
        .reduce((sum, order) => sum + Number(order.total.amount), 0),
      company.currency,
    ),
    bookingsToday: company.bookingList.filter((booking) => booking.status === "CONFIRMED").length,
    jobsDead: company.jobList.filter((job) => job.status === "DEAD").length,
  });
  company.conversations = ({ filter = {}, ...page }) =>
    connect(
      [...company.talks]
        .sort((left, right) => right.lastMessageAt.localeCompare(left.lastMessageAt))
        .filter(
          (talk) =>
            (!filter.status || talk.status === filter.status) &&
            (!filter.owner || talk.owner === filter.owner) &&
            (!filter.channelKind || talk.channel.kind === filter.channelKind) &&
            (filter.needsAttention == null || talk.needsAttention === filter.needsAttention) &&
            (!filter.search ||
              `${talk.contact.name} ${talk.preview}`.toLowerCase().includes(filter.search.toLowerCase())),
        ),
      page,
    );
  company.contacts = (page) => connect(company.people, page);
  company.orders = ({ filter = {}, ...page }) =>
    connect(
      [...company.orderList]
        .reverse()
        .filter(
          (order) =>
            (!filter.paymentStatus || order.paymentStatus === filter.paymentStatus) &&
            (!filter.status || order.status === filter.status) &&
            (!filter.search || `${order.number} ${order.name}`.toLowerCase().includes(filter.search.toLowerCase())),
        ),
      page,
    );
  company.payments = (page) =>
    connect(
      company.orderList.flatMap((order) => order.payments),
      page,
    );
  company.bookings = ({ from, to, ...page }) =>
    connect(
      company.bookingList.filter((booking) => booking.start < iso(to) && booking.end > iso(from)),
      page,
    );
  company.slots = ({ from, limit = 12 }) =>
    Array.from({ length: limit }, (_, index) => {
      const start = new Date(`${from}T09:00:00Z`);
      start.setUTCHours(9 + (index % 8), 0);
      start.setUTCDate(start.getUTCDate() + Math.floor(index / 8));
      return { start: iso(start), end: iso(start.getTime() + 3_600_000) };
    });
  company.imports = (page) => connect([...company.importList].reverse(), page);
  company.jobs = ({ status, ...page }) =>
    connect(
      company.jobList.filter((job) => !status || job.status === status),
      page,
    );
  state.companies.push(company);
  return company;
}

function makeTalk(company, { name, kind, language, phone }) {
  let channel = company.channels.find((one) => one.kind === kind);
  if (!channel) {
    channel = {
      id: id("channel"),
      kind,
      provider: "trial",
      name: kind,
      status: "CONNECTED",
      quietPeriodMs: 1200,
      maxChars: limits[kind],
      widgetKey: null,
      lastError: null,
    };
    if (company.seeding) company.channels.push(channel);
  }
  const contact = {
    id: id("contact"),
    name,
    phone,
    language,
    addresses: phone ? [{ kind: "phone", value: phone, trusted: kind === "WHATSAPP", source: "conversation" }] : [],
    createdAt: iso(now()),
    orders: (page) =>
      connect(
        company.orderList.filter((order) => order.contact === contact),
        page,
      ),
  };
  company.people.push(contact);
  const talk = {
    id: id("conversation"),
    company,
    channel,
    contact,
    status: "OPEN",
    owner: "ASSISTANT",
    needsAttention: false,
    attentionReason: null,
    language,
    unreadCount: 0,
    lastMessageAt: iso(now()),
    preview: "",
    createdAt: iso(now()),
    list: [],
    turnList: [],
    lines: [],
    known: {},
    messages: (page) => connect(talk.list, page),
    turns: (page) => connect(talk.turnList, page),
    cart: () => (talk.lines.length ? cartOf(talk) : null),
    order: () => company.orderList.findLast((order) => order.conversation === talk) ?? null,
  };
  company.talks.push(talk);
  return talk;
}

function say(talk, direction, author, text, extra = {}) {
  const message = {
    id: extra.id ?? id("message"),
    direction,
    author,
    text,
    language: talk.language,
    attachments: [],
    status: direction === "INBOUND" ? "RECEIVED" : "SENT",
    error: null,
    createdAt: iso(now()),
    turnId: null,
    ...extra,
  };
  talk.list.push(message);
  talk.lastMessageAt = message.createdAt;
  if (direction !== "NOTE") talk.preview = text.slice(0, 120);
  if (direction === "INBOUND") talk.unreadCount++;
  publish(talk.company.id, { kind: "MESSAGE", message, conversation: talk });
  return message;
}

function cartOf(talk) {
  const products = talk.lines.reduce((sum, line) => sum + line.quantity * line.price, 0);
  const currency = talk.company.currency;
  return {
    lines: talk.lines.map((line) => ({
      key: line.key,
      sku: line.key,
      name: line.name,
      quantity: line.quantity,
      unitPrice: money(line.price, currency),
      total: money(line.price * line.quantity, currency),
    })),
    city: talk.known.city ?? null,
    name: talk.known.name ?? null,
    phone: talk.known.phone ?? null,
    date: null,
    time: null,
    total: money(products + fee(talk, products), currency),
  };
}
const fee = (talk, products) => (talk.company.type === "SERVICE" || products >= 120 || products === 0 ? 0 : 6.5);

function makeOrder(talk) {
  const company = talk.company;
  const cart = cartOf(talk);
  const products = cart.lines.reduce((sum, line) => sum + Number(line.total.amount), 0);
  const order = {
    id: id("order"),
    number: 1001 + company.orderList.length,
    status: "OPEN",
    paymentStatus: "PAYMENT_LINK_SENT",
    conversation: talk,
    contact: talk.contact,
    lines: cart.lines.map((line) => ({ ...line, kind: company.type === "SERVICE" ? "SERVICE" : "PRODUCT" })),
    products: money(products, company.currency),
    delivery: money(fee(talk, products), company.currency),
    total: cart.total,
    freeDelivery: products >= 120,
    city: cart.city ?? company.city,
    name: cart.name ?? talk.contact.name,
    phone: cart.phone ?? talk.contact.phone,
    address: null,
    language: talk.language,
    paidAt: null,
    createdAt: iso(now()),
    linkExpiresAt: iso(now().getTime() + 26 * 3_600_000),
    payments: [],
    bookings: [],
    reminders: [],
  };
  order.paymentUrl = `${origin}/pay/${order.id.split(":")[1].slice(0, 8)}`;
  order.reminders = [
    {
      id: id("reminder"),
      kind: "unpaid_link",
      dueAt: iso(now().getTime() + 2 * 3_600_000),
      sentAt: null,
      cancelledAt: null,
      cancelReason: null,
    },
  ];
  const start = new Date(now());
  start.setDate(start.getDate() + 1);
  start.setHours(10 + (company.orderList.length % 7), 0, 0, 0);
  order.bookings = [
    {
      id: id("booking"),
      kind: company.type === "SERVICE" ? "APPOINTMENT" : "DELIVERY",
      status: "HELD",
      start: iso(start),
      end: iso(start.getTime() + 3_600_000),
      city: order.city,
      title: order.lines.map((line) => line.name).join(", "),
      order,
      branch: company.branches[0],
    },
  ];
  order.payments = [
    {
      id: id("payment"),
      order,
      provider: "sandbox",
      status: "open",
      amount: order.total,
      createdAt: iso(now()),
      paidAt: null,
      refundedAt: null,
    },
  ];
  company.orderList.push(order);
  company.bookingList.push(...order.bookings);
  publish(company.id, { kind: "ORDER", order, conversation: talk });
  return order;
}

function pay(order) {
  if (order.paymentStatus === "PAID") return;
  Object.assign(order, { paymentStatus: "PAID", status: "BOOKED", paidAt: iso(now()) });
  Object.assign(order.payments[0], { status: "paid", paidAt: iso(now()) });
  for (const booking of order.bookings) booking.status = "CONFIRMED";
  for (const reminder of order.reminders)
    Object.assign(reminder, reminder.sentAt ? {} : { cancelledAt: iso(now()), cancelReason: "paid" });
  const companyId = order.conversation.company.id;
  publish(companyId, { kind: "ORDER", order, conversation: order.conversation });
  publish(companyId, { kind: "BOOKING", booking: order.bookings[0] });
  order.conversation.lines = [];
  say(
    order.conversation,
    "OUTBOUND",
    "ASSISTANT",
    `Thank you, the payment of ${order.total.amount} ${order.total.currency} has arrived. Your booking is confirmed.`,
  );
}

const numbers = { one: 1, two: 2, three: 3, dos: 2, una: 1, uno: 1, tres: 3, два: 2, две: 2, три: 3, екі: 2, бір: 1 };

function answer(talk, text) {
  const company = talk.company;
  const started = now();
  const reasons = [{ step: "understood", detail: `“${text.slice(0, 80)}”`, items: [] }];
  const rows = company.catalogue.published?.list.filter((row) => row.item && !row.leftOut) ?? [];
  const words = text.toLowerCase();
  const phone = /\+?\d[\d ()-]{6,}\d/.exec(text)?.[0];
  if (phone) talk.known.phone = phone.replace(/[^\d+]/g, "");
  const name = /(?:I am|my name is|soy|me llamo|меня зовут|менің атым)\s+(\p{L}+)/iu.exec(text)?.[1];
  if (name) talk.known.name = talk.contact.name = name;
  for (const city of ["Valencia", "Madrid", "Barcelona", "Sevilla"])
    if (words.includes(city.toLowerCase())) talk.known.city = city;
  const found = rows.filter((row) =>
    row.item.name
      .toLowerCase()
      .split(/\s+/)
      .some((word) => word.length > 4 && words.includes(word.slice(0, 5))),
  );
  let reply;
  if (!rows.length) reply = "The catalogue is not published yet, so I have nothing to offer.";
  else if (
    /\b(pay|confirm|yes|sí|да)\b|confirmo|подтверждаю|растаймын/iu.test(text) ||
    (talk.lines.length && talk.known.phone && talk.known.name && talk.known.city && !found.length)
  ) {
    if (talk.lines.length && talk.known.phone && talk.known.name) {
      const order = makeOrder(talk);
      reasons.push({
        step: "quoted",
        detail: `products ${order.products.amount} + delivery ${order.delivery.amount} = ${order.total.amount} ${order.total.currency}`,
        items: order.lines.map((line) => line.key),
      });
      reply = `Thank you. The total is ${order.total.amount} ${order.total.currency}. You can pay here: ${order.paymentUrl}`;
    } else reply = "To finish your order I need your name, phone and city.";
  } else if (found.length) {
    const row = found[0];
    const quantity = Number(
      /\b(\d{1,2})\b(?!\d)/.exec(text.replace(phone ?? "", ""))?.[1] ??
        Object.entries(numbers).find(([word]) => words.split(/\s+/).includes(word))?.[1] ??
        1,
    );
    const price = row.item.price ? Number(row.item.price.amount) : 0;
    talk.lines = talk.lines
      .filter((line) => line.key !== row.key)
      .concat({ key: row.key, name: row.item.name, price, quantity });
    const cart = cartOf(talk);
    reasons.push({
      step: "searched",
      detail: `${found.length} rows match; the best is row ${row.number}`,
      items: found.slice(0, 3).map((one) => one.key),
    });
    reasons.push({
      step: "quoted",
      detail: `${quantity} × ${price.toFixed(2)} = ${(quantity * price).toFixed(2)}; total ${cart.total.amount} ${cart.total.currency}`,
      items: [row.key],
    });
    reply = `${quantity} × ${row.item.name}. Your cart comes to ${cart.total.amount} ${cart.total.currency}. May I have your name, phone and city?`;
  } else
    reply = `Good day. I am the automatic assistant of ${company.name}. We have ${rows
      .slice(0, 4)
      .map((row) => row.item.name)
      .join(", ")} and more. What would you like?`;
  reasons.push({
    step: "checked",
    detail: `${reply.length} of ${talk.channel.maxChars} characters; no internal words`,
    items: [],
  });
  const turn = {
    id: id("turn"),
    status: "ANSWERED",
    intent: "order",
    language: talk.language,
    reasons,
    startedAt: iso(started),
    finishedAt: iso(now()),
    workMs: 7,
    error: null,
  };
  talk.turnList.push(turn);
  say(talk, "OUTBOUND", "ASSISTANT", reply, { turnId: turn.id });
}

function receive(talk, text, messageId) {
  say(talk, "INBOUND", "CUSTOMER", text, { id: messageId });
  clearTimeout(talk.timer);
  if (talk.owner === "ASSISTANT") {
    const pending = (talk.pending = [...(talk.pending ?? []), text]);
    talk.timer = setTimeout(() => {
      talk.pending = [];
      answer(talk, pending.join(" "));
    }, talk.channel.quietPeriodMs);
  }
}

function seed(company) {
  company.seeding = true;
  talks.forEach((told, index) => {
    const talk = makeTalk(company, told);
    const begin = Date.now() - (index * 47 + 6) * 60_000 - (index > 5 ? 86_400_000 : 0);
    told.lines.forEach(([who, text], at) => {
      const when = iso(begin + at * 55_000);
      if (who === "sys") return;
      const roles = {
        in: ["INBOUND", "CUSTOMER"],
        out: ["OUTBOUND", "ASSISTANT"],
        op: ["OUTBOUND", "OPERATOR"],
        note: ["NOTE", "OPERATOR"],
      };
      const [direction, author] = roles[who];
      const message = say(talk, direction, author, text, {
        createdAt: when,
        status: direction === "INBOUND" ? "RECEIVED" : at < 3 ? "READ" : "DELIVERED",
      });
      if (who === "out") {
        const turn = {
          id: id("turn"),
          status: "ANSWERED",
          intent: "order",
          language: told.language,
          startedAt: when,
          finishedAt: when,
          workMs: 6 + at,
          error: null,
          reasons: [
            {
              step: "understood",
              detail: `${told.language.toLowerCase()} · ${told.lines[at - 1]?.[1]?.slice(0, 60) ?? ""}`,
              items: [],
            },
            { step: "searched", detail: "2 rows of catalogue version 1", items: ["101", "114"] },
            {
              step: "quoted",
              detail: "2 × 79.00 + 1 × 17.50 = 175.50 EUR; free delivery from 120.00",
              items: ["101", "114"],
            },
            { step: "checked", detail: `${text.length} of ${talk.channel.maxChars} characters`, items: [] },
          ],
        };
        talk.turnList.push(turn);
        message.turnId = turn.id;
      }
    });
    talk.unreadCount = told.unread;
    if (told.needs) Object.assign(talk, { needsAttention: true, attentionReason: told.needs });
    if (told.operator) talk.owner = "OPERATOR";
    if (told.resolved) talk.status = "RESOLVED";
    if (told.failed) Object.assign(talk.list[1], { status: "FAILED", error: "the visitor has left" });
    talk.known = { name: told.name, phone: told.phone, city: "Valencia" };
    if (index % 3 !== 2) {
      const row = company.catalogue.published.list[index % 6];
      talk.lines = [
        { key: row.key, name: row.item.name, price: Number(row.item.price?.amount ?? 0), quantity: 1 + (index % 3) },
      ];
      if (index !== 0) {
        const order = makeOrder(talk);
        const shift = ((index * 5) % 9) - 3;
        for (const booking of order.bookings)
          for (const end of ["start", "end"]) booking[end] = iso(new Date(booking[end]).getTime() + shift * 86_400_000);
        if (told.paid || index % 2) {
          pay(order);
          talk.list.pop();
        }
        talk.lastMessageAt = talk.list.at(-1).createdAt;
        talk.preview = talk.list.at(-1).text.slice(0, 120);
      } else {
        talk.lines.push({ key: "114", name: "Maceta de lavanda", price: 17.5, quantity: 1 });
      }
    }
  });
  company.jobList.push(
    {
      id: id("job"),
      kind: "send_message",
      status: "DEAD",
      attempts: 8,
      maxAttempts: 8,
      runAt: iso(now()),
      lastError: "webchat: the visitor's session has ended",
      createdAt: iso(Date.now() - 7_200_000),
      finishedAt: iso(Date.now() - 3_600_000),
    },
    {
      id: id("job"),
      kind: "send_reminder",
      status: "WAITING",
      attempts: 0,
      maxAttempts: 8,
      runAt: iso(Date.now() + 5_400_000),
      lastError: null,
      createdAt: iso(Date.now() - 600_000),
      finishedAt: null,
    },
    {
      id: id("job"),
      kind: "import_table",
      status: "DONE",
      attempts: 1,
      maxAttempts: 3,
      runAt: iso(Date.now() - 900_000),
      lastError: null,
      createdAt: iso(Date.now() - 900_000),
      finishedAt: iso(Date.now() - 880_000),
    },
  );
  company.seeding = false;
  company.tried = true;
}

function readCsv(text) {
  const rows = [];
  let cell = "",
    row = [],
    quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter === '"' && text[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (letter === '"') quoted = false;
      else cell += letter;
    } else if (letter === '"') quoted = true;
    else if (letter === ",") {
      row.push(cell);
      cell = "";
    } else if (letter === "\n") {
      row.push(cell.replace(/\r$/, ""));
      rows.push(row);
      row = [];
      cell = "";
    } else cell += letter;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows.filter((one) => one.some(Boolean));
}

const aliases = { price_eur: "price", name: "product_name", supplier: "supplier_contact", stock: "stock_units" };

function startImport(company, file, mapping) {
  const table = readCsv(file.bytes.toString("utf8").replace(/^﻿/, ""));
  const [head = [], ...body] = table;
  const known = new Set(
    [...productColumns, ...serviceColumns]
      .map((column) => column.key)
      .concat([
        "unit",
        "website_url",
        "video_url",
        "logistics_price",
        "free_delivery",
        "delivery_time_hours",
        "payment_reminder",
        "supplier_company_services",
        "warehouse_address",
        "tags",
        "online",
      ]),
  );
  const run = {
    id: id("import"),
    fileName: file.name,
    status: "READING",
    rowsRead: 0,
    rowsTotal: body.length,
    bytesRead: "0",
    bytesTotal: String(file.bytes.length),
    problemCount: 0,
    fileProblem: null,
    version: null,
    createdAt: iso(now()),
    finishedAt: null,
    file,
    mapping: head.map((heading, index) => {
      const plain = heading
        .trim()
        .toLowerCase()
        .replace(/[\s-]+/g, "_");
      const column = mapping
        ? (mapping.find((one) => one.index === index)?.column ?? null)
        : known.has(plain)
          ? plain
          : (aliases[plain] ?? null);
      return {
        index,
        heading,
        column,
        how: mapping ? "chosen" : known.has(plain) ? "exact" : column ? "similar" : "extra",
        sample: body.slice(0, 3).map((line) => line[index] ?? ""),
      };
    }),
    problems: (page) => connect(run.version?.list.flatMap((row) => row.problems) ?? [], page),
  };
  company.importList.push(run);
  const step = () => {
    run.rowsRead = Math.min(body.length, run.rowsRead + Math.max(3, Math.ceil(body.length / 8)));
    run.bytesRead = String(Math.round((file.bytes.length * run.rowsRead) / Math.max(1, body.length)));
    if (run.rowsRead >= body.length) {
      const kind = company.type === "SERVICE" ? "SERVICE" : "PRODUCT";
      const rows = body.map((line, index) =>
        makeRow(
          index + 2,
          kind,
          Object.fromEntries(run.mapping.filter((one) => one.column).map((one) => [one.column, line[one.index] ?? ""])),
        ),
      );
      run.version = makeVersion(company, rows, "DRAFT");
      company.catalogue.draft = run.version;
      Object.assign(run, {
        status: "DONE",
        finishedAt: iso(now()),
        problemCount: rows.reduce((sum, row) => sum + row.problems.length, 0),
      });
      publish(company.id, { kind: "CATALOGUE", catalogue: company.catalogue });
    } else setTimeout(step, 160);
    publish(company.id, { kind: "IMPORT", import: run });
  };
  setTimeout(step, 200);
  return run;
}

const all = (key) => state.companies.flatMap((company) => company[key]);
const company = (wanted) => state.companies.find((one) => one.id === wanted);
const talkOf = (wanted) => all("talks").find((one) => one.id === wanted);
const orderOf = (wanted) => all("orderList").find((one) => one.id === wanted);
function rowOf(wanted) {
  for (const one of state.companies)
    for (const version of one.catalogue.all) {
      const row = version.list.find((candidate) => candidate.id === wanted);
      if (row) return { row, version, company: one };
    }
  return null;
}
function editable(one) {
  if (!one.catalogue.draft)
    one.catalogue.draft = makeVersion(
      one,
      one.catalogue.published.list.map((row) => structuredClone(row)),
      "DRAFT",
    );
  return one.catalogue.draft;
}
const viewer = () => (state.owner ? { ...state.owner, companies: state.companies } : null);
const change = (wanted, values) => {
  const talk = talkOf(wanted);
  Object.assign(talk, values);
  publish(talk.company.id, { kind: "CONVERSATION", conversation: talk });
  return { conversation: talk, userErrors: [] };
};

const root = {
  viewer: (_, context) => (context.signedIn ? viewer() : null),
  setup: () => ({ needsOwner, demo: false, version: "0.1.0", webBuilt: true }),
  companies: () => state.companies,
  company: ({ id: wanted }) => company(wanted) ?? null,
  conversation: ({ id: wanted }) => talkOf(wanted) ?? null,
  order: ({ id: wanted }) => orderOf(wanted) ?? null,
  contact: ({ id: wanted }) => all("people").find((one) => one.id === wanted) ?? null,
  eventsSince: ({ companyId, cursor }) => {
    const events = state.events.filter(
      (event) => event.companyId === companyId && Number(event.cursor) > Number(cursor),
    );
    return { events, endCursor: events.at(-1)?.cursor ?? cursor, hasNextPage: false, resync: events.length > 100 };
  },
  signInWithCode: ({ input }, context) => {
    if (input.code !== code)
      return { viewer: null, needsPassword: false, ...problem("code", "WRONG_CODE", "This code is not valid.") };
    state.owner ??= { id: id("user"), email: null, name: "", role: "owner" };
    context.signIn();
    return { viewer: viewer(), needsPassword: true, userErrors: [] };
  },
  setPassword: ({ input }) => {
    if (input.password.length < 10)
      return { viewer: null, needsPassword: true, ...problem("password", "TOO_SHORT", "At least 10 characters.") };
    Object.assign(state.owner, { name: input.name ?? "Owner", email: input.email, password: input.password });
    needsOwner = false;
    return { viewer: viewer(), needsPassword: false, userErrors: [] };
  },
  signIn: ({ input }, context) => {
    if (!state.owner || input.email !== state.owner.email || input.password !== state.owner.password)
      return {
        viewer: null,
        needsPassword: false,
        userErrors: [{ field: null, code: "WRONG", message: "Wrong." }],
      };
    context.signIn();
    return { viewer: viewer(), needsPassword: false, userErrors: [] };
  },
  signOut: (_, context) => {
    context.signOut();
    return { userErrors: [] };
  },
  createCompany: ({ input }) =>
    input.name.trim()
      ? { company: makeCompany(input), userErrors: [] }
      : { company: null, ...problem("name", "REQUIRED", "Name it.") },
  updateCompany: ({ input }) => {
    const one = company(input.id);
    for (const [key, value] of Object.entries(input)) if (value != null) one[key] = value;
    return { company: one, userErrors: [] };
  },
  openDemoShop: ({ input }) => {
    const one = makeCompany({
      name: input.kind === "SERVICE" ? "Studio Lumen" : "Flora Verde",
      type: input.kind,
      shopType: "flowers",
      city: "Valencia",
      language: input.language,
    });
    one.catalogue.published = makeVersion(one, sampleRows(input.kind), "PUBLISHED");
    seed(one);
    return { company: one, userErrors: [] };
  },
  updateBranch: ({ input }) => {
    const branch = all("branches").find((one) => one.id === input.id);
    for (const [key, value] of Object.entries(input)) if (value != null) branch[key] = value;
    return { branch, userErrors: [] };
  },
  createChannel: ({ input }) => {
    const channel = {
      id: id("channel"),
      kind: input.kind,
      provider: "built-in",
      name: input.name,
      status: "CONNECTED",
      quietPeriodMs: 4000,
      maxChars: limits[input.kind],
      widgetKey: randomBytes(8).toString("hex"),
      lastError: null,
    };
    company(input.companyId).channels.push(channel);
    return { channel, userErrors: [] };
  },
  updateChannel: ({ input }) => {
    const channel = all("channels").find((one) => one.id === input.id);
    for (const [key, value] of Object.entries(input)) if (value != null) channel[key] = value;
    return { channel, userErrors: [] };
  },
  startImport: ({ input }) => ({
    import: startImport(company(input.companyId), state.files.get(input.fileId)),
    userErrors: [],
  }),
  remapImport: ({ input }) => {
    for (const one of state.companies) {
      const run = one.importList.find((candidate) => candidate.id === input.importId);
      if (run) return { import: startImport(one, run.file, input.mapping), userErrors: [] };
    }
  },
  addRow: ({ input }) => {
    const version = editable(company(input.companyId));
    const row = makeRow(version.list.length + 1, input.kind, input.cells);
    version.list.push(row);
    return { row, userErrors: [] };
  },
  updateRow: ({ input }) => {
    let { row, version, company: one } = rowOf(input.id);
    if (version.status !== "DRAFT") {
      const number = row.number;
      row = editable(one).list.find((candidate) => candidate.number === number);
    }
    Object.assign(row.cells, input.cells);
    if (input.leftOut != null) row.leftOut = input.leftOut;
    checkRow(row);
    publish(one.id, { kind: "CATALOGUE", catalogue: one.catalogue });
    return { row, userErrors: [] };
  },
  deleteRow: ({ input }) => {
    const { row, company: one } = rowOf(input.id);
    const version = editable(one);
    version.list = version.list.filter((candidate) => candidate.number !== row.number);
    publish(one.id, { kind: "CATALOGUE", catalogue: one.catalogue });
    return { row, userErrors: [] };
  },
  publishCatalogue: ({ input }) => {
    const { catalogue } = company(input.companyId);
    const draft = catalogue.draft;
    if (draft.problemCount() && !input.leaveOutProblemRows)
      return {
        catalogue: null,
        userErrors: [{ field: ["leaveOutProblemRows"], code: "HAS_PROBLEMS", message: "Some rows have problems." }],
      };
    draft.list = draft.list.filter((row) => !row.problems.some((one) => one.severity === "error") && !row.leftOut);
    if (catalogue.published) catalogue.published.status = "SUPERSEDED";
    Object.assign(draft, { status: "PUBLISHED", publishedAt: iso(now()) });
    Object.assign(catalogue, { published: draft, draft: null });
    publish(input.companyId, { kind: "CATALOGUE", catalogue });
    return { catalogue, userErrors: [] };
  },
  rollBackCatalogue: ({ input }) => {
    const one = state.companies.find((candidate) =>
      candidate.catalogue.all.some((version) => version.id === input.versionId),
    );
    const version = one.catalogue.all.find((candidate) => candidate.id === input.versionId);
    one.catalogue.published.status = "SUPERSEDED";
    version.status = "PUBLISHED";
    one.catalogue.published = version;
    return { catalogue: one.catalogue, userErrors: [] };
  },
  discardDraft: ({ input }) => {
    const { catalogue } = company(input.companyId);
    catalogue.all = catalogue.all.filter((version) => version !== catalogue.draft);
    catalogue.draft = null;
    return { catalogue, userErrors: [] };
  },
  exportCatalogue: () => ({ url: "/exports/catalogue.csv", userErrors: [] }),
  tryMessage: ({ input }) => {
    const one = company(input.companyId);
    one.tried = true;
    one.trials ??= {};
    if (input.startAnew || !one.trials[input.kind])
      one.trials[input.kind] = makeTalk(one, {
        name: null,
        kind: input.kind,
        language: one.language,
        phone: input.phone,
      });
    receive(one.trials[input.kind], input.text, input.id);
    return { conversation: one.trials[input.kind], userErrors: [] };
  },
  sendMessage: ({ input }) => {
    const talk = talkOf(input.conversationId);
    const message = say(talk, input.note ? "NOTE" : "OUTBOUND", "OPERATOR", input.text, { id: input.id });
    setTimeout(() => {
      message.status = "DELIVERED";
      publish(talk.company.id, { kind: "MESSAGE", message, conversation: talk });
    }, 700);
    return { message, userErrors: [] };
  },
  takeOver: ({ input }) => change(input.id, { owner: "OPERATOR", needsAttention: false, attentionReason: null }),
  handBack: ({ input }) => change(input.id, { owner: "ASSISTANT" }),
  resolveConversation: ({ input }) => change(input.id, { status: "RESOLVED" }),
  reopenConversation: ({ input }) => change(input.id, { status: "OPEN" }),
  markRead: ({ input }) => change(input.id, { unreadCount: 0 }),
  updateContact: ({ input }) => {
    const contact = all("people").find((one) => one.id === input.id);
    for (const key of ["name", "phone"]) if (input[key] != null) contact[key] = input[key];
    return { contact, userErrors: [] };
  },
  cancelOrder: ({ input }) => {
    const order = orderOf(input.id);
    Object.assign(order, { status: "CANCELLED", paymentStatus: "NO_PAYMENT_LINK", paymentUrl: null });
    for (const booking of order.bookings) booking.status = "CANCELLED";
    return { order, userErrors: [] };
  },
  resendPaymentLink: ({ input }) => {
    const order = orderOf(input.id);
    say(order.conversation, "OUTBOUND", "ASSISTANT", `Your payment link: ${order.paymentUrl}`);
    return { order, userErrors: [] };
  },
  refundOrder: ({ input }) => {
    const order = orderOf(input.id);
    Object.assign(order, { status: "REFUNDED" });
    Object.assign(order.payments[0], { status: "refunded", refundedAt: iso(now()) });
    return { order, userErrors: [] };
  },
  moveBooking: ({ input }) => {
    const booking = all("bookingList").find((one) => one.id === input.id);
    const length = new Date(booking.end) - new Date(booking.start);
    Object.assign(booking, { start: iso(input.start), end: iso(new Date(input.start).getTime() + length) });
    return { booking, userErrors: [] };
  },
  cancelBooking: ({ input }) => {
    const booking = all("bookingList").find((one) => one.id === input.id);
    booking.status = "CANCELLED";
    return { booking, userErrors: [] };
  },
  retryJob: ({ input }) => {
    const job = all("jobList").find((one) => one.id === input.id);
    Object.assign(job, { status: "WAITING", attempts: 0, lastError: null });
    return { job, userErrors: [] };
  },
  advanceClock: ({ input }) => {
    clock += input.minutes * 60_000;
    let jobsRun = 0;
    for (const order of company(input.companyId).orderList)
      for (const reminder of order.reminders)
        if (
          !reminder.sentAt &&
          !reminder.cancelledAt &&
          order.paymentStatus === "PAYMENT_LINK_SENT" &&
          reminder.dueAt <= iso(now())
        ) {
          reminder.sentAt = iso(now());
          jobsRun++;
          say(
            order.conversation,
            "OUTBOUND",
            "ASSISTANT",
            `A friendly reminder: your order of ${order.total.amount} ${order.total.currency} is waiting for payment: ${order.paymentUrl}`,
          );
        }
    return { now: iso(now()), jobsRun, userErrors: [] };
  },
  companyEvents: async function* ({ companyId }) {
    const queue = [];
    let wake = () => {};
    const listener = (event) => {
      if (event.companyId === companyId) {
        queue.push(event);
        wake();
      }
    };
    state.listeners.add(listener);
    try {
      for (;;) {
        while (queue.length) yield { companyEvents: queue.shift() };
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      state.listeners.delete(listener);
    }
  },
};

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};
const widgetTalks = new Map();

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

const outward = (message) => ({
  id: message.id,
  author: message.author.toLowerCase(),
  text: message.text,
  attachments: message.attachments,
  at: message.createdAt,
});

async function widget(request, response, url) {
  const [, , key, what] = url.pathname.split("/");
  const one = state.companies.find((candidate) => candidate.channels.some((channel) => channel.widgetKey === key));
  const send = (status, value) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (!one) return send(404, { code: "NOT_FOUND" });
  if (what === "config") return send(200, { name: one.name, language: one.language.toLowerCase(), color: "#0d6470" });
  if (what === "sessions") {
    const token = randomUUID();
    widgetTalks.set(token, makeTalk(one, { name: null, kind: "WEBCHAT", language: one.language }));
    return send(200, { token, cursor: "0" });
  }
  const talk = widgetTalks.get(url.searchParams.get("token") ?? request.headers.authorization?.slice(7));
  if (!talk) return send(401, { code: "UNAUTHENTICATED" });
  const shown = () => talk.list.filter((message) => message.direction !== "NOTE");
  if (what === "messages" && request.method === "POST") {
    const message = JSON.parse(await body(request));
    if (!talk.list.some((known) => known.id === message.id)) receive(talk, message.text, message.id);
    return send(202, {});
  }
  if (what === "messages") {
    const list = shown();
    return send(200, {
      messages: list.slice(Number(url.searchParams.get("after") ?? 0)).map(outward),
      cursor: String(list.length),
    });
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const listener = (event) => {
    if (event.kind === "MESSAGE" && event.conversation === talk && event.message.direction !== "NOTE")
      response.write(`id: ${shown().length}\ndata: ${JSON.stringify(outward(event.message))}\n\n`);
  };
  state.listeners.add(listener);
  request.on("close", () => state.listeners.delete(listener));
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, origin);
  const session = /x8=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const context = {
    signedIn: state.sessions.has(session),
    signIn() {
      const fresh = randomUUID();
      state.sessions.add(fresh);
      context.signedIn = true;
      response.setHeader("set-cookie", `x8=${fresh}; HttpOnly; SameSite=Lax; Path=/`);
    },
    signOut() {
      state.sessions.delete(session);
      response.setHeader("set-cookie", "x8=; Max-Age=0; Path=/");
    },
  };
  try {
    if (url.pathname === "/graphql") {
      if (request.headers["x-x8-client"] !== "web") return response.writeHead(403).end();
      const { query, variables, operationName } = JSON.parse(await body(request));
      const open = /signIn|viewer|setup|signOut/.test(query);
      const result =
        !context.signedIn && !open
          ? { errors: [{ message: "Sign in.", extensions: { code: "UNAUTHENTICATED" } }] }
          : await graphql({
              schema,
              source: query,
              variableValues: variables,
              operationName,
              rootValue: root,
              contextValue: context,
            });
      if (result.errors) console.error(JSON.stringify(result.errors));
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result));
    }
    if (url.pathname === "/files") {
      const bytes = await body(request);
      const form = await new Response(bytes, {
        headers: { "content-type": request.headers["content-type"] },
      }).formData();
      const file = form.get("file");
      const fileId = id("file");
      state.files.set(fileId, { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) });
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ id: fileId }));
    }
    if (url.pathname.startsWith("/pay/")) {
      const order = all("orderList").find((one) => one.paymentUrl?.endsWith(url.pathname));
      if (!order) return response.writeHead(404).end();
      if (request.method === "POST") pay(order);
      return response
        .writeHead(200, { "content-type": "text/html" })
        .end(
          `<!doctype html><html lang="en"><title>Test payment</title><main><h1>Test payment</h1><p>${order.total.amount} ${order.total.currency}</p>${order.paymentStatus === "PAID" ? "<p role=status>Paid</p>" : '<form method="post"><button>Pay</button></form>'}</main></html>`,
        );
    }
    if (/^\/widget\/[0-9a-f]{16}\//.test(url.pathname)) return await widget(request, response, url);
    if (url.pathname.startsWith("/exports/"))
      return response
        .writeHead(200, { "content-type": "text/csv", "content-disposition": "attachment; filename=catalogue.csv" })
        .end("name\n");
    let file = join(dist, normalize(url.pathname));
    if (!existsSync(file) || !extname(file)) {
      if (url.pathname.startsWith("/assets/")) return response.writeHead(404).end();
      file = join(dist, "index.html");
    }
    let content = readFileSync(file);
    const csp = existsSync(join(dist, "csp.json"))
      ? JSON.parse(readFileSync(join(dist, "csp.json"), "utf8")).script
      : "";
    const headers = { "content-type": types[extname(file)] ?? "application/octet-stream" };
    if (file.endsWith("index.html")) {
      headers["content-security-policy"] =
        `default-src 'self'; script-src 'self' '${csp}'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:`;
      content = content
        .toString()
        .replace(/(id="boot">)/, `$1${JSON.stringify({ locale: undefined, version: "0.1.0", demo: false })}`);
    }
    return response.writeHead(200, headers).end(content);
  } catch (fault) {
    console.error(fault);
    response.writeHead(500).end();
  }
});

useServer({ schema, roots: { subscription: root } }, new WebSocketServer({ server, path: "/graphql" }));
server.listen(port, "127.0.0.1", () => console.info(`X8 mock on ${origin}/#code=${code}`));
