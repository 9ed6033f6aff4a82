//! A simple privacy notice for a company that has none of its own: what is stored, why, how long, whom to ask.

use super::AppState;
use super::answer::failed;
use super::language::asked;
use super::page::{escape, page};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::language::Language;
use service::{access, company};

/// `GET /privacy/{channel_key}`.
pub(super) async fn notice(State(state): State<AppState>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let ctx = state.nobody();
    let found = async {
        let (scope, _) = access::for_channel(ctx, &key).await?;
        company::get(ctx, &scope).await
    };
    let company = match found.await {
        Ok(company) => company,
        Err(error) => return failed(&error),
    };
    let language = asked(&headers).unwrap_or_else(|| company::language(&company));
    let [title, parts @ ..] = words(language);
    let name = escape(&company.name);
    let body = parts
        .iter()
        .fold(format!("<h1>{title}</h1>"), |body, part| format!("{body}<p>{}</p>", part.replace("{company}", &name)));
    let mut response = page(StatusCode::OK, language, title, &body, None).into_response();
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    response
}

const fn words(language: Language) -> [&'static str; 6] {
    match language {
        Language::En => [
            "Privacy notice",
            "{company} answers you in this chat with the help of an automatic assistant; a person may take over.",
            "We store what you write, your name, phone number, city and address as you give them, your orders, payments and bookings.",
            "We use this only to answer you, to carry out your orders and to meet legal duties. It is not sold and not used for advertising by others.",
            "Card data is entered on the bank's page only; we never see it and never ask for it here.",
            "You may ask for a copy of your data, its correction or its deletion at any time: write so in this chat.",
        ],
        Language::Es => [
            "Aviso de privacidad",
            "{company} le atiende en este chat con ayuda de un asistente automático; una persona puede continuar la conversación.",
            "Guardamos lo que escribe, su nombre, teléfono, ciudad y dirección tal como nos los da, y sus pedidos, pagos y reservas.",
            "Lo usamos solo para responderle, realizar sus pedidos y cumplir obligaciones legales. No se vende ni se usa para publicidad de terceros.",
            "Los datos de la tarjeta se introducen solo en la página del banco; nosotros no los vemos ni los pedimos aquí.",
            "Puede pedir en cualquier momento una copia de sus datos, su corrección o su eliminación: escríbalo en este chat.",
        ],
        Language::Ru => [
            "О персональных данных",
            "{company} отвечает вам в этом чате с помощью автоматического помощника; разговор может продолжить человек.",
            "Мы храним то, что вы пишете, имя, телефон, город и адрес, которые вы сообщаете, ваши заказы, оплаты и записи.",
            "Это нужно только для ответов вам, выполнения заказов и обязанностей по закону. Данные не продаются и не используются для чужой рекламы.",
            "Данные карты вводятся только на странице банка; мы их не видим и здесь не спрашиваем.",
            "Вы можете в любое время попросить копию своих данных, их исправление или удаление: напишите об этом в чате.",
        ],
        Language::Kk => [
            "Жеке деректер туралы",
            "{company} бұл чатта сізге автоматты көмекшінің көмегімен жауап береді; әңгімені адам жалғастыруы мүмкін.",
            "Біз сіз жазған хабарларды, өзіңіз айтқан атыңызды, телефоныңызды, қалаңызды және мекенжайыңызды, тапсырыстарыңызды, төлемдеріңізді және жазылуларыңызды сақтаймыз.",
            "Бұл тек сізге жауап беру, тапсырысты орындау және заң міндеттерін орындау үшін қажет. Деректер сатылмайды және бөгде жарнамаға қолданылмайды.",
            "Карта деректері тек банк бетінде енгізіледі; біз оларды көрмейміз және мұнда сұрамаймыз.",
            "Деректеріңіздің көшірмесін, түзетілуін немесе жойылуын кез келген уақытта сұрай аласыз: осы чатта жазыңыз.",
        ],
    }
}
