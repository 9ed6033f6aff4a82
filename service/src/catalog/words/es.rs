//! Spanish.

use super::{megabytes, value};
use domain::catalog::problem::{Problem, ProblemCode, Suggestion};

pub(super) fn message(problem: &Problem) -> String {
    let value = value(problem);
    match &problem.code {
        ProblemCode::Missing => "Falta este valor obligatorio.".to_owned(),
        ProblemCode::NotAnAmount => format!("«{value}» no es un importe."),
        ProblemCode::Ambiguous => format!("«{value}» se puede leer de dos maneras."),
        ProblemCode::OtherCurrency if value.is_empty() => {
            "Esta columna indica una moneda distinta de la de su empresa.".to_owned()
        }
        ProblemCode::OtherCurrency => format!("«{value}» está en una moneda distinta de la de su empresa."),
        ProblemCode::TooPrecise => format!("«{value}» tiene más decimales que la moneda."),
        ProblemCode::NotANumber => format!("«{value}» no es un número."),
        ProblemCode::Negative => format!("«{value}» es menor que cero."),
        ProblemCode::NotWhole => format!("«{value}» no es un número entero."),
        ProblemCode::TooLarge => format!("«{value}» es demasiado grande."),
        ProblemCode::BadDuration => format!("«{value}» no es una duración."),
        ProblemCode::UpperEndRead => format!("«{value}» es un intervalo; se ha leído su valor superior."),
        ProblemCode::BadUrl => format!("«{value}» no es una dirección web."),
        ProblemCode::NotYesOrNo => format!("«{value}» no es ni sí ni no."),
        ProblemCode::NotAKind => format!("«{value}» no es ni un producto ni un servicio."),
        ProblemCode::BadList => format!("«{value}» no es una lista completa."),
        ProblemCode::TooLong { length, limit } => {
            format!("El texto tiene {length} caracteres; se permiten {limit} como máximo.")
        }
        ProblemCode::DuplicateSku { first_row } => format!("El SKU «{value}» ya se usa en la fila {first_row}."),
        ProblemCode::DuplicateName { first_row } => {
            format!("El nombre «{value}» ya se usa en la fila {first_row} y ninguna de las dos filas tiene SKU.")
        }
        ProblemCode::FormulaWithoutValue => format!("La celda tiene una fórmula sin resultado guardado: «{value}»."),
        ProblemCode::ErrorValue => format!("La celda tiene un error de la hoja de cálculo: «{value}»."),
        ProblemCode::ExtraCells { count } => {
            format!("Valores a la derecha del último encabezado en esta fila: {count}.")
        }
        ProblemCode::HeadingTwice { first } => format!(
            "Este encabezado significa lo mismo que «{first}», así que la columna se conserva como información adicional."
        ),
        ProblemCode::HeadingGuessed { column } => format!("Este encabezado se ha entendido como «{column}»."),
        ProblemCode::NoPriceColumn => "No hay ninguna columna de precios, así que todo sería gratis.".to_owned(),
        ProblemCode::Empty => "El archivo está vacío.".to_owned(),
        ProblemCode::NoRows => "El archivo tiene encabezados pero ninguna fila.".to_owned(),
        ProblemCode::UnknownEncoding => "No se ha podido reconocer con certeza la codificación del texto.".to_owned(),
        ProblemCode::EncodingGuessed { encoding } => {
            format!("El archivo no está en UTF-8; se ha leído como {encoding}.")
        }
        ProblemCode::BadQuotes => "Unas comillas abren una celda y no se cierran donde deberían.".to_owned(),
        ProblemCode::NotATable => "El archivo no es una tabla que se pueda leer.".to_owned(),
        ProblemCode::Encrypted => "El libro está protegido con una contraseña.".to_owned(),
        ProblemCode::Damaged => "El libro está dañado.".to_owned(),
        ProblemCode::Unsafe => "El libro contiene algo que no corresponde a una tabla.".to_owned(),
        ProblemCode::TooManyBytes { limit } => {
            format!("El archivo es demasiado grande; se permiten {} MB como máximo.", megabytes(*limit))
        }
        ProblemCode::TooManyRows { limit } => {
            format!("El archivo tiene demasiadas filas; se permiten {limit} como máximo.")
        }
        ProblemCode::TooManyColumns { limit } => {
            format!("El archivo tiene demasiadas columnas; se permiten {limit} como máximo.")
        }
        ProblemCode::TooManySheets { limit } => {
            format!("El libro tiene demasiadas hojas; se permiten {limit} como máximo.")
        }
        ProblemCode::NoSuchSheet => "El libro no tiene ninguna hoja con este nombre.".to_owned(),
        ProblemCode::TooMuchMemory => "El archivo necesita demasiada memoria para leerse.".to_owned(),
        ProblemCode::TooSlow => "El archivo tarda demasiado en leerse.".to_owned(),
    }
}

pub(super) const fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::FillIn => "Rellene la celda.",
        Suggestion::AddColumn => "Añada una columna con este encabezado o indique cuál de sus columnas es.",
        Suggestion::WriteAmount => "Escriba solo cifras, por ejemplo 18,00; deje la celda vacía si es gratis.",
        Suggestion::UseCompanyCurrency => "Escriba el importe en la moneda de su empresa.",
        Suggestion::WriteWholeNumber => "Escriba un número entero que no sea menor que cero.",
        Suggestion::WriteDuration => "Escriba una duración, por ejemplo 60 min o 1 h 30.",
        Suggestion::WriteUrl => "Escriba una dirección que empiece por https://.",
        Suggestion::WriteYesOrNo => "Escriba sí o no.",
        Suggestion::WriteKind => "Escriba producto o servicio.",
        Suggestion::WriteList => "Escriba los valores separados por comas.",
        Suggestion::Shorten => "Acorte el texto.",
        Suggestion::MakeUnique => "Dé a cada fila su propio SKU o elimine una de las filas.",
        Suggestion::ReplaceFormula => {
            "Sustituya la fórmula por su valor, o abra el archivo en una hoja de cálculo y guárdelo de nuevo."
        }
        Suggestion::QuoteCells => "Ponga entre comillas las celdas que contienen el separador.",
        Suggestion::CheckColumn => "Compruebe lo que se ha entendido y elija otra columna si no es correcto.",
        Suggestion::SaveAsUtf8 => "Revise los textos; para más seguridad, guarde el archivo como CSV UTF-8.",
        Suggestion::SaveAsTable => "Guarde la tabla como CSV o XLSX y envíela de nuevo.",
        Suggestion::RemovePassword => "Quite la contraseña y envíe el archivo de nuevo.",
        Suggestion::MakeSmaller => "Divida el archivo o elimine lo que no pertenezca al catálogo.",
        Suggestion::AddRows => "Añada filas debajo de los encabezados y envíe el archivo de nuevo.",
        Suggestion::ChooseSheet => "Elija una de las hojas del libro.",
    }
}
