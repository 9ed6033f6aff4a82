//! The florist's table: bouquets, plants, bulbs, vases, dried flowers, presents, weddings, tools. Every row is one that a
//! shop could sell; combinations are walked in a mixed order, so that neighbours differ.

use super::Table;
use crate::demo::dice::Dice;

const HEADINGS: &[&str] = &[
    "product_name",
    "sku",
    "category",
    "tags",
    "description",
    "unit",
    "website_url",
    "price",
    "logistics_price",
    "free_delivery",
    "stock_units",
    "delivery_time_hours",
    "payment_reminder",
    "supplier_contact",
    "warehouse_address",
    "cities",
];

const CITIES: &[&str] =
    &["Valencia", "Madrid", "Barcelona", "Sevilla", "Málaga", "Zaragoza", "Alicante", "Bilbao", "Murcia", "Granada"];

const SUPPLIERS: &[(&str, &str)] = &[
    ("Rosario Cañada, rosario@viverolevante.example, +34600222010", "Polígono Fuente Clara, nave 7, Paterna"),
    ("Tom Ashdown, tom@dutchstem.example, +31600222020", "Bloemenlaan 0, Aalsmeer"),
    ("Pilar Ochando, pilar@huertaflor.example, +34600222030", "Camino Imaginario 4, Alboraya"),
    ("Enric Mas, enric@ceramicaturia.example, +34600222040", "Calle Ficticia 21, Manises"),
];

/// Stems: name in the plural, whether it is feminine, cents a stem.
const STEMS: &[(&str, bool, i64)] = &[
    ("rosas", true, 390),
    ("tulipanes", false, 210),
    ("peonías", true, 540),
    ("girasoles", false, 420),
    ("lirios", false, 360),
    ("gerberas", true, 230),
    ("claveles", false, 160),
    ("crisantemos", false, 190),
    ("hortensias", true, 620),
    ("fresias", true, 240),
    ("ranúnculos", false, 280),
    ("anémonas", true, 270),
    ("alstroemerias", true, 200),
    ("lisianthus", false, 310),
    ("margaritas", true, 150),
    ("calas", true, 430),
    ("dalias", true, 350),
    ("gladiolos", false, 260),
    ("iris", false, 220),
    ("jacintos", false, 250),
    ("narcisos", false, 140),
    ("proteas", true, 780),
    ("orquídeas", true, 690),
    ("amarilis", false, 520),
];

/// Colours: masculine and feminine plural.
const COLOURS: &[(&str, &str)] = &[
    ("rojos", "rojas"),
    ("blancos", "blancas"),
    ("rosados", "rosadas"),
    ("amarillos", "amarillas"),
    ("anaranjados", "anaranjadas"),
    ("lilas", "lilas"),
    ("burdeos", "burdeos"),
    ("azules", "azules"),
    ("crema", "crema"),
    ("variados", "variadas"),
];

const COUNTS: &[i64] = &[5, 7, 10, 12, 15, 20, 25, 30, 50];
const WRAPS: &[(&str, i64)] =
    &[("en papel kraft", 300), ("en caja redonda", 1200), ("con eucalipto", 550), ("en cesta de mimbre", 1500)];

const PLANTS: &[(&str, i64)] = &[
    ("Hortensia", 1900),
    ("Orquídea Phalaenopsis", 2400),
    ("Lavanda", 900),
    ("Romero", 700),
    ("Monstera deliciosa", 2600),
    ("Potos", 1200),
    ("Ficus lyrata", 3400),
    ("Kentia", 3900),
    ("Espatifilo", 1500),
    ("Sansevieria", 1700),
    ("Zamioculca", 1800),
    ("Calathea", 1900),
    ("Aloe vera", 1100),
    ("Cactus columnar", 1400),
    ("Echeveria", 600),
    ("Crassula", 800),
    ("Geranio", 650),
    ("Ciclamen", 850),
    ("Begonia", 750),
    ("Azalea", 1300),
    ("Gardenia", 1800),
    ("Jazmín", 1600),
    ("Buganvilla", 1900),
    ("Camelia", 2300),
    ("Limonero", 3600),
    ("Naranjo calamondín", 3300),
    ("Olivo", 4200),
    ("Helecho de Boston", 1400),
    ("Dracaena", 1700),
    ("Croton", 1500),
    ("Anturio", 2000),
    ("Bromelia", 1900),
    ("Violeta africana", 600),
    ("Kalanchoe", 550),
    ("Poinsettia", 950),
    ("Hiedra", 700),
    ("Tomillo", 500),
    ("Albahaca", 400),
    ("Menta", 400),
    ("Rosal miniatura", 1100),
];

const BULBS: &[&str] = &[
    "tulipán",
    "narciso",
    "jacinto",
    "iris",
    "lirio",
    "dalia",
    "gladiolo",
    "anémona",
    "ranúnculo",
    "fresia",
    "azafrán",
    "amarilis",
    "alium",
    "cala",
    "agapanto",
];
const VARIETIES: &[&str] = &[
    "Aurora", "Turia", "Mistral", "Alba", "Candela", "Levante", "Serena", "Brisa", "Marina", "Celeste", "Ámbar",
    "Coral",
];
const SEEDS: &[&str] = &[
    "amapola",
    "capuchina",
    "caléndula",
    "girasol enano",
    "lavanda",
    "manzanilla",
    "zinnia",
    "cosmos",
    "petunia",
    "alhelí",
];

const SHAPES: &[(&str, i64)] = &[
    ("Jarrón cilíndrico", 1400),
    ("Jarrón esférico", 1700),
    ("Jarrón cuadrado", 1500),
    ("Jarrón alto", 2100),
    ("Maceta redonda", 900),
    ("Maceta colgante", 1100),
    ("Macetero con patas", 2900),
    ("Cachepot", 1200),
];
const MATERIALS: &[(&str, i64)] = &[
    ("vidrio transparente", 0),
    ("vidrio azul", 300),
    ("vidrio ámbar", 300),
    ("cerámica blanca", 500),
    ("cerámica verde", 500),
    ("terracota", 100),
    ("gres negro", 800),
    ("zinc envejecido", 600),
];

const DRIED: &[&str] = &[
    "lavanda seca",
    "trigo",
    "limonium",
    "eucalipto preservado",
    "pampas",
    "lunaria",
    "hortensia preservada",
    "rosa preservada",
    "algodón",
    "cardo azul",
    "lino",
    "avena",
];

const PRESENTS: &[(&str, &str, i64)] = &[
    ("Caja de bombones artesanos", "caja", 1490),
    ("Oso de peluche", "unidad", 1690),
    ("Vela perfumada de azahar", "unidad", 1290),
    ("Vela perfumada de higo", "unidad", 1290),
    ("Jabón artesano de lavanda", "unidad", 590),
    ("Miel de romero", "tarro", 790),
    ("Mermelada de naranja amarga", "tarro", 650),
    ("Cava brut nature", "botella", 1390),
    ("Horchata artesana", "botella", 450),
    ("Set de globos", "set", 1190),
    ("Difusor de aromas", "unidad", 1990),
    ("Marco de fotos de olivo", "unidad", 1590),
    ("Libreta de papel de semillas", "unidad", 890),
    ("Té blanco con pétalos", "lata", 990),
    ("Turrón de Jijona", "caja", 1250),
];
const SIZES: &[(&str, i64)] = &[("pequeño", 100), ("mediano", 145), ("grande", 210), ("familiar", 290)];

const WEDDINGS: &[(&str, i64)] = &[
    ("Ramo de novia", 14500),
    ("Prendido de novio", 1800),
    ("Centro de mesa de boda", 4900),
    ("Arco de ceremonia", 39000),
    ("Corona de flores para el pelo", 3900),
    ("Pétalos para la ceremonia", 2500),
    ("Decoración de banco de iglesia", 2900),
    ("Guirnalda para mesa presidencial", 8900),
    ("Corona de condolencias", 13500),
    ("Centro de condolencias", 8500),
];
const STYLES: &[&str] = &[
    "clásico",
    "silvestre",
    "mediterráneo",
    "minimalista",
    "romántico",
    "de temporada",
    "en tonos blancos",
    "en tonos pastel",
    "en tonos tierra",
];

const TOOLS: &[(&str, &str, i64)] = &[
    ("Sustrato universal", "saco", 690),
    ("Sustrato para orquídeas", "saco", 890),
    ("Abono líquido para plantas verdes", "botella", 750),
    ("Abono líquido para geranios", "botella", 750),
    ("Tierra para cactus", "saco", 640),
    ("Tijeras de podar", "unidad", 1890),
    ("Pala de mano", "unidad", 790),
    ("Guantes de jardín", "par", 590),
    ("Regadera", "unidad", 1490),
    ("Pulverizador", "unidad", 690),
    ("Tutor de bambú", "pack", 450),
    ("Macetas de semillero", "pack", 550),
    ("Insecticida ecológico de jabón potásico", "botella", 990),
    ("Conservante para flor cortada", "sobre", 190),
    ("Manta térmica para heladas", "rollo", 1290),
];
const AMOUNTS: &[(&str, i64)] = &[("mini", 60), ("pequeño", 100), ("mediano", 170), ("grande", 260), ("familiar", 420)];

/// Ten thousand rows.
pub(super) fn table(dice: &Dice) -> Table {
    let mut shelf = Shelf { dice, rows: Vec::with_capacity(10_000), number: 0 };
    shelf.bouquets(3_400);
    shelf.plants(1_500);
    shelf.bulbs(1_500);
    shelf.vases(1_250);
    shelf.dried(500);
    shelf.presents(650);
    shelf.weddings(400);
    shelf.tools(800);
    Table { headings: HEADINGS, rows: shelf.rows }
}

struct Shelf<'a> {
    dice: &'a Dice,
    rows: Vec<Vec<String>>,
    number: usize,
}

struct Goods {
    name: String,
    category: &'static str,
    tags: String,
    description: String,
    unit: &'static str,
    cents: i64,
    hours: i64,
}

/// The first `wanted` of `total` places in a mixed order: the step shares no factor with the total.
fn mixed(total: usize, wanted: usize) -> impl Iterator<Item = usize> {
    const fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    let step = (total * 618 / 1000..).find(|step| *step > 0 && gcd(*step, total) == 1).unwrap_or(1);
    (0..wanted.min(total)).map(move |at| at * step % total)
}

impl Shelf<'_> {
    fn put(&mut self, goods: Goods) {
        self.number += 1;
        let number = self.number;
        let dice = self.dice;
        let (supplier, warehouse) = dice.of(SUPPLIERS);
        let stock = match dice.below(100) {
            0..3 => "0".to_owned(),
            3..15 => String::new(),
            _ => dice.between(20, 400).to_string(),
        };
        let mut cities: Vec<&str> = vec!["Valencia"];
        cities.extend(CITIES.iter().skip(1).filter(|_| dice.chance(45)));
        let free = goods.cents == 0;
        let money = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let fee = if free { String::new() } else { ["4.90", "6.50", "8.90"][dice.below(3)].to_owned() };
        self.rows.push(vec![
            goods.name,
            format!("FV{number:05}"),
            goods.category.to_owned(),
            goods.tags,
            goods.description,
            goods.unit.to_owned(),
            format!("https://flora-verde.example/p/{number}"),
            if free { String::new() } else { money(goods.cents) },
            fee,
            if free { String::new() } else { ["60", "90", "120"][dice.below(3)].to_owned() },
            stock,
            goods.hours.to_string(),
            dice.say(&["2", "3", "6"]).to_owned(),
            (*supplier).to_owned(),
            (*warehouse).to_owned(),
            if free { String::new() } else { cities.join(", ") },
        ]);
    }

    fn bouquets(&mut self, wanted: usize) {
        let total = STEMS.len() * COLOURS.len() * COUNTS.len() * WRAPS.len();
        for place in mixed(total, wanted) {
            let (stem, feminine, cents) = STEMS[place % STEMS.len()];
            let rest = place / STEMS.len();
            let colour = COLOURS[rest % COLOURS.len()];
            let rest = rest / COLOURS.len();
            let count = COUNTS[rest % COUNTS.len()];
            let (wrap, extra) = WRAPS[rest / COUNTS.len()];
            let colour = if feminine { colour.1 } else { colour.0 };
            let long = if feminine { "frescas" } else { "frescos" };
            self.put(Goods {
                name: format!("Ramo de {count} {stem} {colour} {wrap}"),
                category: "Ramos",
                tags: format!("{stem}, {colour}, regalo"),
                description: format!(
                    "{count} {stem} {colour} {long} del día, {wrap}. Con tarjeta y consejos para que duren más."
                ),
                unit: "ramo",
                // A large bouquet costs less a stem; prices end in .90.
                cents: (cents * count * (130 - count) / 125 + extra) / 100 * 100 + 90,
                hours: 24,
            });
        }
    }

    fn plants(&mut self, wanted: usize) {
        const POTS: &[(i64, i64)] = &[(9, 60), (12, 85), (14, 100), (17, 140), (21, 200), (25, 290), (30, 380)];
        const KINDS: &[&str] = &["maceta de barro", "maceta de cerámica blanca", "maceta de fibra", "cesta de yute"];
        const CARE: &[&str] = &["luz indirecta", "sol directo", "semisombra", "interior luminoso"];
        let total = PLANTS.len() * POTS.len() * KINDS.len() * CARE.len();
        for place in mixed(PLANTS.len() * POTS.len() * KINDS.len() * 2, wanted.min(total)) {
            let (plant, cents) = PLANTS[place % PLANTS.len()];
            let rest = place / PLANTS.len();
            let (size, share) = POTS[rest % POTS.len()];
            let rest = rest / POTS.len();
            let kind = KINDS[rest % KINDS.len()];
            let flowering = rest / KINDS.len() == 1;
            let state = if flowering { ", ejemplar seleccionado" } else { "" };
            let care = self.dice.say(CARE);
            self.put(Goods {
                name: format!("{plant} en {kind} de {size} cm{state}"),
                category: "Plantas",
                tags: format!("planta, {care}"),
                description: format!("{plant} sana y bien enraizada en {kind} de {size} cm. Prefiere {care}."),
                unit: "unidad",
                cents: (cents * share / 100 + if flowering { 600 } else { 0 }) / 100 * 100 + 50,
                hours: 48,
            });
        }
    }

    fn bulbs(&mut self, wanted: usize) {
        const PACKS: &[(i64, i64)] = &[(10, 90), (25, 80), (50, 70), (100, 60)];
        let kinds = BULBS.len() + SEEDS.len();
        for place in mixed(kinds * VARIETIES.len() * PACKS.len() * 2, wanted) {
            let kind = place % kinds;
            let rest = place / kinds;
            let variety = VARIETIES[rest % VARIETIES.len()];
            let rest = rest / VARIETIES.len();
            let (pack, each) = PACKS[rest % PACKS.len()];
            let organic = if rest / PACKS.len() == 1 { " ecológico" } else { "" };
            let goods = match BULBS.get(kind) {
                Some(bulb) => Goods {
                    name: format!("Bulbos de {bulb} {variety}{organic}, {pack} unidades"),
                    category: "Bulbos y semillas",
                    tags: "bulbos, otoño".to_owned(),
                    description: format!(
                        "{pack} bulbos de {bulb}, variedad {variety}. Se plantan de octubre a diciembre y florecen en primavera."
                    ),
                    unit: "bolsa",
                    cents: each * pack * if organic.is_empty() { 1 } else { 5 }
                        / if organic.is_empty() { 1 } else { 4 }
                        / 3,
                    hours: 72,
                },
                None => {
                    let seed = SEEDS[kind - BULBS.len()];
                    Goods {
                        name: format!("Semillas de {seed} {variety}{organic}, {pack} sobres"),
                        category: "Bulbos y semillas",
                        tags: "semillas, primavera".to_owned(),
                        description: format!(
                            "{pack} sobres de semillas de {seed}, variedad {variety}. Siembra directa."
                        ),
                        unit: "pack",
                        cents: each * pack / 2 + if organic.is_empty() { 0 } else { 400 },
                        hours: 72,
                    }
                }
            };
            self.put(goods);
        }
    }

    fn vases(&mut self, wanted: usize) {
        const HEIGHTS: &[(i64, i64)] = &[(10, 60), (15, 80), (20, 100), (25, 125), (30, 150), (40, 210), (50, 280)];
        const FINISH: &[&str] = &["liso", "estriado", "hecho a mano"];
        for place in mixed(SHAPES.len() * MATERIALS.len() * HEIGHTS.len() * FINISH.len(), wanted) {
            let (shape, cents) = SHAPES[place % SHAPES.len()];
            let rest = place / SHAPES.len();
            let (material, extra) = MATERIALS[rest % MATERIALS.len()];
            let rest = rest / MATERIALS.len();
            let (height, share) = HEIGHTS[rest % HEIGHTS.len()];
            let finish = FINISH[rest / HEIGHTS.len()];
            self.put(Goods {
                name: format!("{shape} de {material} {finish}, {height} cm"),
                category: "Jarrones y macetas",
                tags: format!("{material}, hogar"),
                description: format!("{shape} de {material}, acabado {finish}, {height} cm de alto."),
                unit: "unidad",
                cents: ((cents + extra) * share / 100) / 100 * 100 + 95,
                hours: 48,
            });
        }
    }

    fn dried(&mut self, wanted: usize) {
        const FORMS: &[(&str, i64)] = &[("Ramo", 2400), ("Corona", 3200), ("Centro", 2900), ("Cúpula", 4400)];
        const TONES: &[&str] = &["natural", "blanco", "rosa", "terracota", "verde", "lila"];
        for place in mixed(DRIED.len() * FORMS.len() * TONES.len() * 2, wanted) {
            let dried = DRIED[place % DRIED.len()];
            let rest = place / DRIED.len();
            let (form, cents) = FORMS[rest % FORMS.len()];
            let rest = rest / FORMS.len();
            let tone = TONES[rest % TONES.len()];
            let size = if rest / TONES.len() == 1 { " grande" } else { "" };
            self.put(Goods {
                name: format!("{form}{size} de {dried}, tono {tone}"),
                category: "Flor seca",
                tags: format!("flor seca, {tone}"),
                description: format!("{form} de {dried} en tono {tone}. Dura más de un año sin agua."),
                unit: "unidad",
                cents: if size.is_empty() { cents } else { cents * 3 / 2 },
                hours: 48,
            });
        }
    }

    fn presents(&mut self, wanted: usize) {
        for name in
            ["Tarjeta de felicitación manuscrita", "Consejo de cuidado por mensaje", "Muestra de papel de regalo"]
        {
            self.put(Goods {
                name: name.to_owned(),
                category: "Regalos",
                tags: "gratis".to_owned(),
                description: format!("{name}: sin coste, para cualquier cliente."),
                unit: "unidad",
                cents: 0,
                hours: 24,
            });
        }
        let styles = STYLES.len() + 2;
        for place in mixed(PRESENTS.len() * SIZES.len() * styles, wanted - 3) {
            let (name, unit, cents) = PRESENTS[place % PRESENTS.len()];
            let rest = place / PRESENTS.len();
            let (size, share) = SIZES[rest % SIZES.len()];
            let style = STYLES.get(rest / SIZES.len()).copied().unwrap_or(if rest.is_multiple_of(2) {
                "navideño"
            } else {
                "de bienvenida"
            });
            self.put(Goods {
                name: format!("{name}, formato {size}, envoltorio {style}"),
                category: "Regalos",
                tags: format!("regalo, {size}"),
                description: format!("{name} en formato {size}. Envoltorio {style} y tarjeta incluida."),
                unit,
                cents: cents * share / 100 / 10 * 10,
                hours: 24,
            });
        }
    }

    fn weddings(&mut self, wanted: usize) {
        const STARS: &[&str] = &["rosas", "peonías", "hortensias", "flor silvestre", "olivo"];
        for place in mixed(WEDDINGS.len() * STYLES.len() * STARS.len(), wanted) {
            let (name, cents) = WEDDINGS[place % WEDDINGS.len()];
            let rest = place / WEDDINGS.len();
            let style = STYLES[rest % STYLES.len()];
            let star = STARS[rest / STYLES.len()];
            let mourning = name.contains("condolencias");
            self.put(Goods {
                name: format!("{name} con {star}, estilo {style}"),
                category: if mourning { "Condolencias" } else { "Bodas y eventos" },
                tags: if mourning { "condolencias".to_owned() } else { "boda, evento".to_owned() },
                description: format!("{name} con {star}, estilo {style}. Hecho a medida por nuestros floristas."),
                unit: "unidad",
                cents: cents * (90 + i64::try_from(rest % 5).unwrap_or(0) * 8) / 100 / 50 * 50,
                // Weddings are ordered weeks before: their deliveries fill the calendar ahead.
                hours: if mourning { 24 } else { self.dice.between(6, 42) * 24 },
            });
        }
    }

    fn tools(&mut self, wanted: usize) {
        const LINES: &[&str] = &[
            "Básico",
            "Jardín",
            "Profesional",
            "Eco",
            "Terraza",
            "Interior",
            "Huerto",
            "Premium",
            "Junior",
            "Compacto",
            "Clásico",
        ];
        for place in mixed(TOOLS.len() * AMOUNTS.len() * LINES.len(), wanted) {
            let (name, unit, cents) = TOOLS[place % TOOLS.len()];
            let rest = place / TOOLS.len();
            let (amount, share) = AMOUNTS[rest % AMOUNTS.len()];
            let line = LINES[rest / AMOUNTS.len()];
            self.put(Goods {
                name: format!("{name} {line}, formato {amount}"),
                category: "Jardinería",
                tags: format!("jardín, {}", line.to_lowercase()),
                description: format!("{name} de la línea {line}, en formato {amount}."),
                unit,
                cents: cents * share / 100 / 10 * 10,
                hours: 72,
            });
        }
    }
}
