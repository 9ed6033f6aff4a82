//! Russian.

use super::{megabytes, value};
use domain::catalog::problem::{Problem, ProblemCode, Suggestion};

pub(super) fn message(problem: &Problem) -> String {
    let value = value(problem);
    match &problem.code {
        ProblemCode::Missing => "Обязательное значение не указано.".to_owned(),
        ProblemCode::NotAnAmount => format!("«{value}» — это не сумма."),
        ProblemCode::Ambiguous => format!("«{value}» можно прочитать двояко."),
        ProblemCode::OtherCurrency if value.is_empty() => {
            "В этом столбце указана не та валюта, что у вашей компании.".to_owned()
        }
        ProblemCode::OtherCurrency => format!("«{value}» — не в валюте вашей компании."),
        ProblemCode::TooPrecise => format!("В «{value}» больше знаков после запятой, чем допускает валюта."),
        ProblemCode::NotANumber => format!("«{value}» — это не число."),
        ProblemCode::Negative => format!("«{value}» меньше нуля."),
        ProblemCode::NotWhole => format!("«{value}» — не целое число."),
        ProblemCode::TooLarge => format!("Значение «{value}» слишком большое."),
        ProblemCode::BadDuration => format!("«{value}» — это не длительность."),
        ProblemCode::UpperEndRead => format!("«{value}» — это диапазон; прочитано его верхнее значение."),
        ProblemCode::BadUrl => format!("«{value}» — это не адрес страницы."),
        ProblemCode::NotYesOrNo => format!("«{value}» — это ни да, ни нет."),
        ProblemCode::NotAKind => format!("«{value}» — это ни товар, ни услуга."),
        ProblemCode::BadList => format!("«{value}» — незаконченный список."),
        ProblemCode::TooLong { length, limit } => {
            format!("Длина текста в символах: {length}; допускается не больше {limit}.")
        }
        ProblemCode::DuplicateSku { first_row } => format!("Артикул «{value}» уже используется в строке {first_row}."),
        ProblemCode::DuplicateName { first_row } => {
            format!("Название «{value}» уже используется в строке {first_row}, и в обеих строках нет артикула.")
        }
        ProblemCode::FormulaWithoutValue => format!("В ячейке формула без сохранённого результата: «{value}»."),
        ProblemCode::ErrorValue => format!("В ячейке ошибка электронной таблицы: «{value}»."),
        ProblemCode::ExtraCells { count } => format!("Значений правее последнего заголовка в этой строке: {count}."),
        ProblemCode::HeadingTwice { first } => format!(
            "Этот заголовок означает то же, что «{first}», поэтому столбец сохранён как дополнительные сведения."
        ),
        ProblemCode::HeadingGuessed { column } => format!("Этот заголовок понят как «{column}»."),
        ProblemCode::NoPriceColumn => "Столбца с ценами нет, поэтому всё было бы бесплатным.".to_owned(),
        ProblemCode::Empty => "Файл пуст.".to_owned(),
        ProblemCode::NoRows => "В файле есть заголовки, но нет строк.".to_owned(),
        ProblemCode::UnknownEncoding => "Кодировку текста не удалось определить с уверенностью.".to_owned(),
        ProblemCode::EncodingGuessed { encoding } => format!("Файл не в UTF-8; он прочитан в кодировке {encoding}."),
        ProblemCode::BadQuotes => "Кавычка открывает ячейку и не закрывается там, где нужно.".to_owned(),
        ProblemCode::NotATable => "Этот файл — не таблица, которую можно прочитать.".to_owned(),
        ProblemCode::Encrypted => "Книга защищена паролем.".to_owned(),
        ProblemCode::Damaged => "Книга повреждена.".to_owned(),
        ProblemCode::Unsafe => "В книге есть то, чему в таблице не место.".to_owned(),
        ProblemCode::TooManyBytes { limit } => {
            format!("Файл слишком большой; допускается не больше {} МБ.", megabytes(*limit))
        }
        ProblemCode::TooManyRows { limit } => format!("В файле слишком много строк; допускается не больше {limit}."),
        ProblemCode::TooManyColumns { limit } => {
            format!("В файле слишком много столбцов; допускается не больше {limit}.")
        }
        ProblemCode::TooManySheets { limit } => format!("В книге слишком много листов; допускается не больше {limit}."),
        ProblemCode::NoSuchSheet => "В книге нет листа с таким названием.".to_owned(),
        ProblemCode::TooMuchMemory => "Для чтения файла нужно слишком много памяти.".to_owned(),
        ProblemCode::TooSlow => "Чтение файла занимает слишком много времени.".to_owned(),
    }
}

pub(super) const fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::FillIn => "Заполните ячейку.",
        Suggestion::AddColumn => {
            "Добавьте столбец с этим заголовком или укажите, какой из ваших столбцов ему соответствует."
        }
        Suggestion::WriteAmount => "Напишите только цифры, например 18,00; если это бесплатно, оставьте ячейку пустой.",
        Suggestion::UseCompanyCurrency => "Укажите сумму в валюте вашей компании.",
        Suggestion::WriteWholeNumber => "Укажите целое число не меньше нуля.",
        Suggestion::WriteDuration => "Укажите длительность, например 60 мин или 1 ч 30.",
        Suggestion::WriteUrl => "Укажите адрес, который начинается с https://.",
        Suggestion::WriteYesOrNo => "Напишите «да» или «нет».",
        Suggestion::WriteKind => "Напишите «товар» или «услуга».",
        Suggestion::WriteList => "Перечислите значения через запятую.",
        Suggestion::Shorten => "Сократите текст.",
        Suggestion::MakeUnique => "Дайте каждой строке свой артикул или удалите одну из строк.",
        Suggestion::ReplaceFormula => {
            "Замените формулу её значением или откройте файл в программе для таблиц и сохраните заново."
        }
        Suggestion::QuoteCells => "Возьмите в кавычки ячейки, в которых есть разделитель.",
        Suggestion::CheckColumn => "Проверьте, верно ли понято, и при необходимости выберите другой столбец.",
        Suggestion::SaveAsUtf8 => "Проверьте тексты; для надёжности сохраните файл как CSV UTF-8.",
        Suggestion::SaveAsTable => "Сохраните таблицу как CSV или XLSX и отправьте снова.",
        Suggestion::RemovePassword => "Снимите пароль и отправьте файл снова.",
        Suggestion::MakeSmaller => "Разделите файл или удалите то, что не относится к каталогу.",
        Suggestion::AddRows => "Добавьте строки под заголовками и отправьте файл снова.",
        Suggestion::ChooseSheet => "Выберите один из листов книги.",
    }
}
