//! Kazakh.

use super::{megabytes, value};
use domain::catalog::problem::{Problem, ProblemCode, Suggestion};

pub(super) fn message(problem: &Problem) -> String {
    let value = value(problem);
    match &problem.code {
        ProblemCode::Missing => "Міндетті мән көрсетілмеген.".to_owned(),
        ProblemCode::NotAnAmount => format!("«{value}» — ақша сомасы емес."),
        ProblemCode::Ambiguous => format!("«{value}» мәнін екі түрлі оқуға болады."),
        ProblemCode::OtherCurrency if value.is_empty() => {
            "Бұл бағанда компанияңыздың валютасынан басқа валюта көрсетілген.".to_owned()
        }
        ProblemCode::OtherCurrency => format!("«{value}» компанияңыздың валютасында емес."),
        ProblemCode::TooPrecise => format!("«{value}» мәнінде үтірден кейінгі таңбалар валюта рұқсат еткеннен көп."),
        ProblemCode::NotANumber => format!("«{value}» — сан емес."),
        ProblemCode::Negative => format!("«{value}» нөлден кіші."),
        ProblemCode::NotWhole => format!("«{value}» — бүтін сан емес."),
        ProblemCode::TooLarge => format!("«{value}» мәні тым үлкен."),
        ProblemCode::BadDuration => format!("«{value}» — ұзақтық емес."),
        ProblemCode::UpperEndRead => format!("«{value}» — аралық; оның жоғарғы мәні оқылды."),
        ProblemCode::BadUrl => format!("«{value}» — веб-мекенжай емес."),
        ProblemCode::NotYesOrNo => format!("«{value}» — иә де, жоқ та емес."),
        ProblemCode::NotAKind => format!("«{value}» — тауар да, қызмет те емес."),
        ProblemCode::BadList => format!("«{value}» — толық емес тізім."),
        ProblemCode::TooLong { length, limit } => {
            format!("Мәтіннің ұзындығы — {length} таңба; ең көбі {limit} таңба болуы керек.")
        }
        ProblemCode::DuplicateSku { first_row } => format!("«{value}» артикулі {first_row}-жолда қолданылған."),
        ProblemCode::DuplicateName { first_row } => {
            format!("«{value}» атауы {first_row}-жолда қолданылған, ал екі жолда да артикул жоқ.")
        }
        ProblemCode::FormulaWithoutValue => format!("Ұяшықта нәтижесі сақталмаған формула тұр: «{value}»."),
        ProblemCode::ErrorValue => format!("Ұяшықта электрондық кестенің қатесі тұр: «{value}»."),
        ProblemCode::ExtraCells { count } => format!("Бұл жолда соңғы тақырыптың оң жағындағы мәндер саны: {count}."),
        ProblemCode::HeadingTwice { first } => format!(
            "Бұл тақырыптың мағынасы «{first}» тақырыбымен бірдей, сондықтан баған қосымша мәлімет ретінде сақталды."
        ),
        ProblemCode::HeadingGuessed { column } => format!("Бұл тақырып «{column}» деп түсінілді."),
        ProblemCode::NoPriceColumn => "Баға бағаны жоқ, сондықтан бәрі тегін болып шығады.".to_owned(),
        ProblemCode::Empty => "Файл бос.".to_owned(),
        ProblemCode::NoRows => "Файлда тақырыптар бар, бірақ жолдар жоқ.".to_owned(),
        ProblemCode::UnknownEncoding => "Мәтіннің кодтамасын нақты анықтау мүмкін болмады.".to_owned(),
        ProblemCode::EncodingGuessed { encoding } => {
            format!("Файл UTF-8 кодтамасында емес; ол {encoding} кодтамасында оқылды.")
        }
        ProblemCode::BadQuotes => "Тырнақша ұяшықты ашады, бірақ тиісті жерде жабылмайды.".to_owned(),
        ProblemCode::NotATable => "Бұл файл оқуға болатын кесте емес.".to_owned(),
        ProblemCode::Encrypted => "Жұмыс кітабы құпиясөзбен қорғалған.".to_owned(),
        ProblemCode::Damaged => "Жұмыс кітабы бүлінген.".to_owned(),
        ProblemCode::Unsafe => "Жұмыс кітабында кестеге жатпайтын нәрсе бар.".to_owned(),
        ProblemCode::TooManyBytes { limit } => format!("Файл тым үлкен; ең көбі {} МБ болуы керек.", megabytes(*limit)),
        ProblemCode::TooManyRows { limit } => format!("Файлда жол тым көп; ең көбі {limit} жол болуы керек."),
        ProblemCode::TooManyColumns { limit } => format!("Файлда баған тым көп; ең көбі {limit} баған болуы керек."),
        ProblemCode::TooManySheets { limit } => {
            format!("Жұмыс кітабында парақ тым көп; ең көбі {limit} парақ болуы керек.")
        }
        ProblemCode::NoSuchSheet => "Жұмыс кітабында мұндай атаумен парақ жоқ.".to_owned(),
        ProblemCode::TooMuchMemory => "Файлды оқуға тым көп жад қажет.".to_owned(),
        ProblemCode::TooSlow => "Файлды оқу тым ұзаққа созылды.".to_owned(),
    }
}

pub(super) const fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::FillIn => "Ұяшықты толтырыңыз.",
        Suggestion::AddColumn => "Осы тақырыппен баған қосыңыз немесе бағандарыңыздың қайсысы екенін көрсетіңіз.",
        Suggestion::WriteAmount => "Тек сандарды жазыңыз, мысалы 18,00; тегін болса, ұяшықты бос қалдырыңыз.",
        Suggestion::UseCompanyCurrency => "Соманы компанияңыздың валютасында жазыңыз.",
        Suggestion::WriteWholeNumber => "Нөлден кіші емес бүтін сан жазыңыз.",
        Suggestion::WriteDuration => "Ұзақтықты жазыңыз, мысалы 60 мин немесе 1 сағ 30.",
        Suggestion::WriteUrl => "https:// деп басталатын мекенжайды жазыңыз.",
        Suggestion::WriteYesOrNo => "«Иә» немесе «жоқ» деп жазыңыз.",
        Suggestion::WriteKind => "«Тауар» немесе «қызмет» деп жазыңыз.",
        Suggestion::WriteList => "Мәндерді үтір арқылы жазыңыз.",
        Suggestion::Shorten => "Мәтінді қысқартыңыз.",
        Suggestion::MakeUnique => "Әр жолға өз артикулін беріңіз немесе жолдардың бірін жойыңыз.",
        Suggestion::ReplaceFormula => {
            "Формуланы мәнімен ауыстырыңыз немесе файлды кесте бағдарламасында ашып, қайта сақтаңыз."
        }
        Suggestion::QuoteCells => "Бөлгіші бар ұяшықтарды тырнақшаға алыңыз.",
        Suggestion::CheckColumn => "Дұрыс түсінілгенін тексеріңіз, қажет болса, басқа бағанды таңдаңыз.",
        Suggestion::SaveAsUtf8 => "Мәтіндерді тексеріңіз; сенімді болу үшін файлды CSV UTF-8 түрінде сақтаңыз.",
        Suggestion::SaveAsTable => "Кестені CSV немесе XLSX түрінде сақтап, қайта жіберіңіз.",
        Suggestion::RemovePassword => "Құпиясөзді алып тастап, файлды қайта жіберіңіз.",
        Suggestion::MakeSmaller => "Файлды бөліңіз немесе каталогқа жатпайтынын жойыңыз.",
        Suggestion::AddRows => "Тақырыптардың астына жолдар қосып, файлды қайта жіберіңіз.",
        Suggestion::ChooseSheet => "Жұмыс кітабындағы парақтардың бірін таңдаңыз.",
    }
}
