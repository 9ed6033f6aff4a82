//! What the pages about money say, in the customer's language. `{number}` is the order's number, `{sum}` the sum.

use domain::language::Language;

/// Whole sentences of one language.
pub(super) struct Words {
    pub(super) test: &'static str,
    pub(super) test_text: &'static str,
    pub(super) order: &'static str,
    pub(super) delivery: &'static str,
    pub(super) travel: &'static str,
    pub(super) free: &'static str,
    pub(super) total: &'static str,
    pub(super) pay: &'static str,
    pub(super) decline: &'static str,
    pub(super) expire: &'static str,
    pub(super) paid_title: &'static str,
    pub(super) paid_text: &'static str,
    pub(super) waiting_title: &'static str,
    pub(super) waiting_text: &'static str,
    pub(super) declined_title: &'static str,
    pub(super) declined_text: &'static str,
    pub(super) refunded_title: &'static str,
    pub(super) refunded_text: &'static str,
    pub(super) closed_title: &'static str,
    pub(super) closed_text: &'static str,
    pub(super) unknown_title: &'static str,
    pub(super) unknown_text: &'static str,
    pub(super) trouble_title: &'static str,
    pub(super) trouble_text: &'static str,
    pub(super) left_title: &'static str,
    pub(super) left_text: &'static str,
    pub(super) left_again: &'static str,
}

impl Words {
    /// A sentence about an order.
    #[expect(clippy::unused_self, reason = "reads as the language's own sentence at the call")]
    pub(super) fn numbered(&self, sentence: &str, number: i32) -> String {
        sentence.replace("{number}", &number.to_string())
    }
}

/// The words of a language.
pub(super) const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Es => &ES,
        Language::Ru => &RU,
        Language::Kk => &KK,
    }
}

static EN: Words = Words {
    test: "TEST",
    test_text: "This is a test bank. No money is taken and no card is needed.",
    order: "Order No. {number}",
    delivery: "Delivery",
    travel: "Travel",
    free: "free",
    total: "Total",
    pay: "Pay {sum}",
    decline: "Decline the payment",
    expire: "Let the link expire",
    paid_title: "Paid",
    paid_text: "Order No. {number} is paid. Thank you! You can close this page; we will write to you in the chat.",
    waiting_title: "One moment",
    waiting_text: "The bank has reported it, and we are recording it. This page renews itself.",
    declined_title: "The payment did not go through",
    declined_text: "The bank declined it, and nothing was taken. You can try again.",
    refunded_title: "Refunded",
    refunded_text: "The money was returned.",
    closed_title: "This link is no longer open",
    closed_text: "The payment link of order No. {number} has expired or was replaced. Write to us in the chat and we will send a new one.",
    unknown_title: "There is no such page",
    unknown_text: "Please check the link, or write to us in the chat.",
    trouble_title: "This does not work right now",
    trouble_text: "Please try again in a minute.",
    left_title: "Nothing was paid",
    left_text: "Order No. {number} is not paid yet, and nothing was taken. The link stays open for now.",
    left_again: "Go to the payment",
};

static ES: Words = Words {
    test: "PRUEBA",
    test_text: "Este es un banco de prueba. No se cobra dinero ni hace falta tarjeta.",
    order: "Pedido n.º {number}",
    delivery: "Entrega",
    travel: "Desplazamiento",
    free: "gratis",
    total: "Total",
    pay: "Pagar {sum}",
    decline: "Rechazar el pago",
    expire: "Dejar que el enlace caduque",
    paid_title: "Pagado",
    paid_text: "El pedido n.º {number} está pagado. ¡Gracias! Puede cerrar esta página; le escribiremos en el chat.",
    waiting_title: "Un momento",
    waiting_text: "El banco nos ha avisado y lo estamos registrando. Esta página se actualiza sola.",
    declined_title: "El pago no se ha realizado",
    declined_text: "El banco lo ha rechazado y no se ha cobrado nada. Puede intentarlo de nuevo.",
    refunded_title: "Reembolsado",
    refunded_text: "El dinero se ha devuelto.",
    closed_title: "Este enlace ya no está abierto",
    closed_text: "El enlace de pago del pedido n.º {number} ha caducado o se ha sustituido. Escríbanos en el chat y le enviaremos otro.",
    unknown_title: "Esta página no existe",
    unknown_text: "Compruebe el enlace o escríbanos en el chat.",
    trouble_title: "Ahora mismo no funciona",
    trouble_text: "Inténtelo de nuevo dentro de un minuto.",
    left_title: "No se ha pagado nada",
    left_text: "El pedido n.º {number} aún no está pagado y no se ha cobrado nada. El enlace sigue abierto por ahora.",
    left_again: "Ir al pago",
};

static RU: Words = Words {
    test: "ТЕСТ",
    test_text: "Это тестовый банк. Деньги не списываются, карта не нужна.",
    order: "Заказ № {number}",
    delivery: "Доставка",
    travel: "Выезд",
    free: "бесплатно",
    total: "Итого",
    pay: "Оплатить {sum}",
    decline: "Отклонить платёж",
    expire: "Дать ссылке истечь",
    paid_title: "Оплачено",
    paid_text: "Заказ № {number} оплачен. Спасибо! Страницу можно закрыть, мы напишем вам в чате.",
    waiting_title: "Одну минуту",
    waiting_text: "Банк сообщил нам, мы записываем это. Страница обновится сама.",
    declined_title: "Платёж не прошёл",
    declined_text: "Банк отклонил платёж, деньги не списаны. Можно попробовать ещё раз.",
    refunded_title: "Деньги возвращены",
    refunded_text: "Оплата возвращена.",
    closed_title: "Эта ссылка больше не действует",
    closed_text: "Ссылка на оплату заказа № {number} истекла или заменена. Напишите нам в чате, и мы пришлём новую.",
    unknown_title: "Такой страницы нет",
    unknown_text: "Проверьте ссылку или напишите нам в чате.",
    trouble_title: "Сейчас это не работает",
    trouble_text: "Попробуйте ещё раз через минуту.",
    left_title: "Ничего не оплачено",
    left_text: "Заказ № {number} ещё не оплачен, деньги не списаны. Ссылка пока действует.",
    left_again: "Перейти к оплате",
};

static KK: Words = Words {
    test: "СЫНАҚ",
    test_text: "Бұл — сынақ банкі. Ақша алынбайды, карта қажет емес.",
    order: "№ {number} тапсырыс",
    delivery: "Жеткізу",
    travel: "Шығып қызмет көрсету",
    free: "тегін",
    total: "Барлығы",
    pay: "{sum} төлеу",
    decline: "Төлемнен бас тарту",
    expire: "Сілтеменің мерзімін аяқтау",
    paid_title: "Төленді",
    paid_text: "№ {number} тапсырыс төленді. Рақмет! Бұл бетті жабуға болады, біз сізге чатта жазамыз.",
    waiting_title: "Бір сәт күтіңіз",
    waiting_text: "Банк бізге хабарлады, біз оны жазып жатырмыз. Бет өзі жаңарады.",
    declined_title: "Төлем өтпеді",
    declined_text: "Банк төлемді қабылдамады, ақша алынған жоқ. Қайта көруге болады.",
    refunded_title: "Ақша қайтарылды",
    refunded_text: "Төлем сізге қайтарылды.",
    closed_title: "Бұл сілтеме енді жарамсыз",
    closed_text: "№ {number} тапсырыстың төлем сілтемесінің мерзімі өтті немесе ол ауыстырылды. Бізге чатта жазыңыз, жаңасын жібереміз.",
    unknown_title: "Мұндай бет жоқ",
    unknown_text: "Сілтемені тексеріңіз немесе бізге чатта жазыңыз.",
    trouble_title: "Қазір бұл жұмыс істемейді",
    trouble_text: "Бір минуттан кейін қайталап көріңіз.",
    left_title: "Ештеңе төленген жоқ",
    left_text: "№ {number} тапсырыс әлі төленбеген, ақша алынған жоқ. Сілтеме әзірге ашық.",
    left_again: "Төлемге өту",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_names_number_and_sum() {
        for language in Language::ALL {
            let words = words(language);
            for sentence in [words.order, words.paid_text, words.closed_text, words.left_text] {
                assert!(words.numbered(sentence, 41).contains("41"), "{language:?}: {sentence}");
            }
            assert!(words.pay.contains("{sum}"), "{language:?}");
        }
    }
}
