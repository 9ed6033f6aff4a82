// What a city tells about money and clocks: enough for a good guess, shown and changeable.

type Place = { currency: string; timezone: string };

const madrid: Place = { currency: "EUR", timezone: "Europe/Madrid" };
const moscow: Place = { currency: "RUB", timezone: "Europe/Moscow" };
const almaty: Place = { currency: "KZT", timezone: "Asia/Almaty" };
const london: Place = { currency: "GBP", timezone: "Europe/London" };

const places: [Place, string][] = [
  [
    madrid,
    "madrid barcelona valencia sevilla seville zaragoza malaga bilbao alicante murcia granada palma мадрид барселона валенсия севилья",
  ],
  [{ currency: "EUR", timezone: "Atlantic/Canary" }, "las-palmas tenerife"],
  [almaty, "almaty astana shymkent karaganda алматы астана шымкент караганда қарағанды актау ақтау атырау"],
  [moscow, "moscow москва moscu мәскеу petersburg санкт-петербург петербург казань kazan сочи sochi краснодар воронеж"],
  [{ currency: "RUB", timezone: "Asia/Yekaterinburg" }, "екатеринбург yekaterinburg челябинск тюмень пермь уфа"],
  [{ currency: "RUB", timezone: "Asia/Novosibirsk" }, "новосибирск novosibirsk"],
  [london, "london londres лондон manchester birmingham edinburgh glasgow leeds bristol liverpool"],
  [{ currency: "EUR", timezone: "Europe/Paris" }, "paris париж lyon marseille nice"],
  [{ currency: "EUR", timezone: "Europe/Berlin" }, "berlin берлин munich münchen hamburg frankfurt"],
  [{ currency: "EUR", timezone: "Europe/Lisbon" }, "lisbon lisboa porto"],
  [{ currency: "EUR", timezone: "Europe/Rome" }, "rome roma рим milan milano"],
  [{ currency: "USD", timezone: "America/New_York" }, "new-york boston miami washington philadelphia"],
  [{ currency: "USD", timezone: "America/Chicago" }, "chicago houston dallas austin"],
  [{ currency: "USD", timezone: "America/Los_Angeles" }, "los-angeles san-francisco seattle san-diego"],
  [{ currency: "MXN", timezone: "America/Mexico_City" }, "mexico ciudad-de-mexico guadalajara monterrey"],
  [{ currency: "COP", timezone: "America/Bogota" }, "bogota medellin cali"],
  [{ currency: "ARS", timezone: "America/Argentina/Buenos_Aires" }, "buenos-aires cordoba rosario"],
  [{ currency: "CLP", timezone: "America/Santiago" }, "santiago"],
  [{ currency: "AED", timezone: "Asia/Dubai" }, "dubai дубай abu-dhabi"],
  [{ currency: "TRY", timezone: "Europe/Istanbul" }, "istanbul стамбул ankara antalya"],
  [{ currency: "GEL", timezone: "Asia/Tbilisi" }, "tbilisi тбилиси batumi"],
  [{ currency: "UZS", timezone: "Asia/Tashkent" }, "tashkent ташкент"],
];

const byLanguage: Record<string, Place> = { ES: madrid, RU: moscow, KK: almaty };

function fold(city: string): string {
  return city
    .trim()
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .replace(/\s+/g, "-");
}

/** The currency and clock of a city; of the language or of this computer when the city is unknown. */
export function guessPlace(city: string, language: string): Place {
  const wanted = fold(city);
  if (wanted) {
    for (const [place, names] of places) if (names.split(" ").some((name) => fold(name) === wanted)) return place;
  }
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    byLanguage[language] ?? {
      currency: timezone.startsWith("America/") ? "USD" : "EUR",
      timezone: timezone === "UTC" ? "Europe/London" : timezone,
    }
  );
}

export const CURRENCIES = [
  "EUR",
  "USD",
  "GBP",
  "KZT",
  "RUB",
  "MXN",
  "COP",
  "ARS",
  "CLP",
  "AED",
  "TRY",
  "GEL",
  "UZS",
  "CHF",
  "PLN",
];

/** Every zone that this browser knows. */
export function timezones(): string[] {
  return Intl.supportedValuesOf("timeZone");
}
