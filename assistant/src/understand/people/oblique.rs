//! Names in oblique cases: "на имя Анны Петровой", "Әлияның атына".
//!
//! Only what is sure is brought back to its dictionary form; everything else stays as written.

use domain::text::fold;

/// Russian women's names as they are often given, folded.
const WOMEN: &str = "агата агния аида аксинья алевтина александра алена алина алиса алия алла альбина альфия амина анастасия \
ангелина анжела анжелика анна антонина анфиса ариана арина ася аня богдана валентина валерия валя варвара \
варя василиса вера вероника вика виктория виолетта владислава галина галя гузель дана дарина дария дарья \
даша диана дина динара ева евгения екатерина елена елизавета есения жанна женя злата зоя зульфия инга инна \
ира ирина ия камила карина каролина катерина катя кира клавдия ксения ксюша лада лана лариса лейла лена лера \
лидия лиза лилия лина люба любовь людмила люся майя маргарита марианна марина мария марта марья маша мила \
милана милена мира надежда надя наталия наталья наташа ника нина нонна оксана олеся ольга оля полина раиса \
регина рената римма рита роза роксана сабина сауле светлана света серафима снежана соня софия софья стефания \
таисия тамара таня татьяна ульяна фаина фарида эвелина элина эльвира эльмира эмилия эмма юлиана юлия юля яна \
ярослава айгерима асема жания зарина малика медина мадина назира сания салтанат фатима айша жулдыза";

/// Russian men's names, folded.
const MEN: &str = "адам азамат азат айдар алан александр алексей алишер алмаз альберт амир анатолий андрей антон аркадий арман \
армен арсен арсений артем артур арслан аслан асхат ахмет бауыржан богдан болат борис булат вадим валентин \
валерий василий виктор виталий владимир владислав всеволод вячеслав гарик геннадий георгий герман глеб \
григорий гусейн дамир данила даниил данил даниял даурен демид денис диас димаш динар дмитрий евгений егор \
ермек ерлан ефим захар ибрагим иван игнат игорь ильдар ильнур ильяс илья искандер камиль карен кирилл клим \
константин лев леонид лука макар максим марат марк марсель матвей мирон мирослав михаил мурат назар никита \
николай нурлан олег олжас оскар остап павел петр платон прохор радик рамиль расул ренат рафаэль рамазан \
ринат родион роман рауф рустам руслан рустем савва савелий самир самуил санжар святослав семен сергей серик \
спартак станислав степан султан тагир тарас темирлан тимофей тимофеи тимур тигран тихон федор феликс филипп \
фарид хасан шамиль эдуард эльдар эмиль эмин эрик юлиан юрий юсуф яков ян ярослав";

fn is_woman(folded: &str) -> bool {
    WOMEN.split_whitespace().any(|name| fold(name) == folded)
}

fn is_man(folded: &str) -> bool {
    MEN.split_whitespace().any(|name| fold(name) == folded)
}

/// Whether a folded word is a Russian first name in the nominative.
pub(super) fn is_first_name(folded: &str) -> bool {
    is_woman(folded) || is_man(folded)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gender {
    Woman,
    Man,
}

/// Exchanges the ending of a word, keeping the letters before it as written.
fn with_ending(word: &str, cut: usize, ending: &str) -> Option<String> {
    let keep = word.chars().count().checked_sub(cut).filter(|kept| *kept >= 1)?;
    Some(word.chars().take(keep).chain(ending.chars()).collect())
}

/// The first name that an accusative or genitive form belongs to, where exactly one is known.
fn first_name(word: &str) -> Option<(String, Gender)> {
    let folded = fold(word);
    // "Александра" may be she or his: as written.
    if is_woman(&folded) || is_man(&folded) {
        return None;
    }
    let mut found: Vec<(String, Gender)> = Vec::new();
    for (cut, ending) in [("ы", "а"), ("и", "я"), ("и", "а"), ("и", "ь"), ("у", "а"), ("ю", "я")] {
        if folded.ends_with(cut)
            && let Some(name) = with_ending(word, 1, ending)
            && is_woman(&fold(&name))
        {
            found.push((name, Gender::Woman));
        }
    }
    // "Петра" and "Льва" lose a vowel.
    let odd = match folded.as_str() {
        "петра" => Some("Пётр"),
        "льва" => Some("Лев"),
        "павла" => Some("Павел"),
        _ => None,
    };
    if let Some(name) = odd {
        return Some((name.to_owned(), Gender::Man));
    }
    for (cut, ending) in [("а", ""), ("я", "й"), ("я", "ь"), ("и", "я"), ("ы", "а"), ("ю", "я"), ("у", "а")]
    {
        if folded.ends_with(cut)
            && let Some(name) = with_ending(word, 1, ending)
            && is_man(&fold(&name))
        {
            found.push((name, Gender::Man));
        }
    }
    match &found[..] {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// A surname or patronymic of the same case.
fn further_name(word: &str, gender: Gender) -> Option<String> {
    let folded = fold(word);
    let ends = |endings: &[&str]| endings.iter().any(|ending| folded.ends_with(ending));
    if ends(&["ко", "ых", "их", "швили", "дзе"]) {
        return Some(word.to_owned());
    }
    match gender {
        Gender::Woman => {
            if ends(&["овой", "евой", "иной", "ыной"]) {
                with_ending(word, 2, "а")
            } else if ends(&["ову", "еву", "ину", "ыну", "вны", "чны", "вну", "чну"]) {
                with_ending(word, 1, "а")
            } else if ends(&["ской", "цкой", "скую", "цкую"]) {
                with_ending(word, 2, "ая")
            } else {
                // A woman's surname on a consonant does not bend.
                let consonant = folded.chars().last().is_some_and(|last| !"аеёиоуыэюяйь".contains(last));
                consonant.then(|| word.to_owned())
            }
        }
        Gender::Man => {
            if ends(&["ова", "ева", "ина", "ына", "вича"]) {
                with_ending(word, 1, "")
            } else if ends(&["ского", "цкого"]) {
                with_ending(word, 3, "ий")
            } else {
                None
            }
        }
    }
}

/// The dictionary form of a name in the genitive or accusative ("Анны Петровой" → "Анна Петрова"); `None` when it is not
/// sure that it is one.
#[must_use]
pub fn nominative(written: &str) -> Option<String> {
    let mut words = written.split_whitespace();
    let (first, gender) = first_name(words.next()?)?;
    let mut names = vec![first];
    for word in words {
        names.push(further_name(word, gender)?);
    }
    Some(names.join(" "))
}

/// A Kazakh name without the genitive of "Әлияның атына".
#[must_use]
pub fn without_genitive(written: &str) -> Option<String> {
    cut(written, &["ның", "нің", "дың", "дің", "тың", "тің", "нын", "дын", "тын"])
}

/// A Kazakh name without "am": "мен Асқармын".
#[must_use]
pub fn without_predicate(written: &str) -> Option<String> {
    cut(written, &["мын", "мін", "бын", "бін", "пын", "пін"])
}

fn cut(written: &str, endings: &[&str]) -> Option<String> {
    let lower = written.to_lowercase();
    endings.iter().find_map(|ending| {
        let kept = lower.strip_suffix(ending)?.chars().count();
        (kept >= 3).then(|| written.chars().take(kept).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sure_comes_back() {
        for (written, name) in [
            ("Анны Петровой", "Анна Петрова"),
            ("Марии", "Мария"),
            ("Ольги Ивановны", "Ольга Ивановна"),
            ("Кати", "Катя"),
            ("Натальи Вишневской", "Наталья Вишневская"),
            ("Любови", "Любовь"),
            ("Анну Смирнову", "Анна Смирнова"),
            ("Ивана Сергеева", "Иван Сергеев"),
            ("Игоря", "Игорь"),
            ("Андрея Петровича", "Андрей Петрович"),
            ("Сергея Шевченко", "Сергей Шевченко"),
            ("Петра Чайковского", "Пётр Чайковский"),
            ("Ильи", "Илья"),
            ("Никиты Белова", "Никита Белов"),
            ("Елены Шмидт", "Елена Шмидт"),
        ] {
            assert_eq!(nominative(written).as_deref(), Some(name), "{written}");
        }
    }

    #[test]
    fn what_is_unsure_stays() {
        for written in ["Анна Петрова", "Александра", "Валерия", "Анны Белой", "Джона", "Иван", "Марк", "Айгуль", ""]
        {
            assert_eq!(nominative(written), None, "{written}");
        }
    }

    #[test]
    fn kazakh_endings() {
        for (written, name) in [("Әлияның", "Әлия"), ("Айгүлдің", "Айгүл"), ("Асқардың", "Асқар")]
        {
            assert_eq!(without_genitive(written).as_deref(), Some(name), "{written}");
        }
        assert_eq!(without_predicate("Асқармын").as_deref(), Some("Асқар"));
        assert_eq!(without_predicate("Әлиямын").as_deref(), Some("Әлия"));
        assert_eq!(without_genitive("Ерлан"), None);
        assert_eq!(without_genitive("Константин"), None);
    }
}
