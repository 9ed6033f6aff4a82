//! Words that alone do not name anything: containers, colours, "session", "online". A match on these alone is no match.

/// What a weak word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weak {
    /// A container, a unit, a kind of meeting: "bouquet", "session".
    Unit,
    /// A property that tells items apart: "red", "large". Said and not had, the item is another one.
    Property,
}

/// English lemmas of the lexicon and beginnings of folded words in the four languages, `|` between them.
const UNITS: &str = "place|places|seat|seats|spot|spots|plaza|plazas|место|места|мест|местечк*|орын|орынд*|bouquet|piece|pack|package|box|set|kit|bottle|jar|can|bag|crate|tray|session|lesson|class|visit|person|call|hour|minute|day|week|month|service|product|item|gift|present|order|delivery|appointment|booking|home|online|free|ramo|ramos|caja|cajas|unidad*|sesion*|clase|clases|persona*|llamada*|servicio*|producto*|regalo*|juego|pieza*|paquete*|botella*|bolsa*|букет*|коробк*|набор*|упаков*|пачк*|штук*|шт|сеанс*|урок*|заняти*|занят*|услуг*|товар*|подар*|бутыл*|банк*|банка|ящик*|онлайн|процедур*|посещени*|звон*|комплект*|пакет*|жиынт*|қорап*|дана|данас*|сеанс|сабақ*|сабағ*|қызмет*|тауар*|сыйлық*|сыйлығ*|бөтелке*|шоғыр*|гүл шоғы*|рәсім*|қоңырау*|қап|кг|kg|tour|trip|excursion|workshop|course|ticket|certificate|plan|consultation|therapy|treatment|procedure|training|private|individual|group|personal|professional|classic|standard|basic|full|mini|new|fresh|home-made|homemade|deliver*|entreg*|envi*|send*|sent|ship*|достав*|привез*|отправ*|жеткіз*|city|ciudad*|город*|қала|қалас*|қалағ*|natural|special|original|traditional|domestic";
/// See [`UNITS`].
const PROPERTIES: &str = "red|white|black|blue|green|yellow|pink|purple|violet|orange colour|brown|grey|gray|gold|golden|silver|beige|transparent|large|big|small|medium|long|short|dark|light|wooden|leather|glass|ceramic|rojo*|roja*|blanc*|negr*|azul*|verde*|amarill*|rosado*|rosada*|morad*|marron*|gris*|dorad*|platead*|grande*|pequen*|красн*|бел*|черн*|син*|голуб*|зелен*|желт*|розов*|фиолетов*|оранжев*|коричнев*|сер*|золот*|серебр*|больш*|маленьк*|крупн*|қызыл*|ақ|қара|көк|жасыл*|сары|қызғылт*|күлгін*|қоңыр*|сұр|алтын*|күміс*|үлкен*|кіші*|кішкентай*";

fn listed(list: &str, folded: &str) -> bool {
    list.split('|').any(|entry| match entry.strip_suffix('*') {
        Some(prefix) => folded.starts_with(prefix),
        None => folded == entry,
    })
}

/// Whether a folded word or an English lemma is weak.
pub(crate) fn weakness(folded: &str) -> Option<Weak> {
    if listed(PROPERTIES, folded) {
        Some(Weak::Property)
    } else if listed(UNITS, folded) {
        Some(Weak::Unit)
    } else {
        None
    }
}
