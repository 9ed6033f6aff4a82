//! Spanish.

use super::Words;

pub(super) const WORDS: Words = Words {
    first_names: &[
        "Lucía", "Pablo", "Carmen", "Javier", "Marta", "Sergio", "Elena", "Diego", "Paula", "Álvaro", "Nuria", "Iván",
        "Rocío", "Adrián", "Pilar", "Rubén", "Inés", "Óscar", "Clara", "Marcos", "Ana", "Hugo", "Silvia", "Jorge",
        "Alba", "Raúl",
    ],
    last_names: &[
        "Torres", "Navarro", "Serrano", "Molina", "Ortega", "Castillo", "Vidal", "Ferrer", "Soler", "Ibáñez", "Campos",
        "Reyes", "Pastor", "Esteve", "Bosch", "Roldán", "Calvo", "Peña", "Gallego", "Lorente", "Marín", "Prieto",
        "Sáez", "Vega", "Blasco", "Cano",
    ],
    phone: ("+3460000", 4),
    hello: &["¡Hola!", "Buenos días", "Hola, una pregunta", "Buenas tardes", "Hola, ¿hay alguien?"],
    price: &[
        "¿Cuánto cuesta «{item}»?",
        "Hola, ¿qué precio tiene «{item}»?",
        "¿Me dice el precio de «{item}», por favor?",
        "¿Tienen «{item}»? ¿A cuánto está?",
    ],
    delivery: &["¿Cuánto tarda «{item}»?", "¿Cuándo me llegaría «{item}»?", "¿En cuántos días tendría «{item}»?"],
    cities: &["¿En qué ciudades trabajan?", "¿A dónde entregan?", "¿Solo trabajan en una ciudad?"],
    hours: &["¿Qué horario tienen?", "¿Abren el domingo?", "¿Hasta qué hora están hoy?"],
    want: &["Quiero {n} × {item}", "Me llevo {n} de {item}", "Póngame {n} {item}, por favor"],
    details: &[
        "{name}, {phone}, {city}",
        "Soy {name}, mi teléfono es {phone}, ciudad {city}",
        "{city}. {name}, {phone}",
    ],
    details_online: &["{name}, {phone}", "Soy {name}, mi teléfono es {phone}"],
    when: &["{day} a las {time}, por favor", "¿Puede ser {day} a las {time}?", "Iría {day} a las {time}"],
    confirm: &["Sí, confirmo", "Confirmo el pedido", "Sí, mándeme el enlace", "Todo correcto, confirmo"],
    first_one: "El primero",
    how_many: "2",
    thanks: &["¡Gracias!", "Muchas gracias", "Genial, gracias", "Perfecto, gracias", "👍"],
    later: &["Me lo pienso", "Le escribo mañana", "Lo consulto con mi hermana", "Ahora no, gracias"],
    discount: &["¿Hay descuento?", "¿Me lo deja un poco más barato?", "¿Algún descuento para clientes habituales?"],
    off_topic: &["¿Qué tiempo hará mañana?", "¿Me ayuda con los deberes?", "¿Quién ganó ayer el partido?"],
    person: &["Quiero hablar con una persona", "¿Me puede llamar alguien?", "Páseme con un compañero, por favor"],
    complaint: &[
        "No estoy contenta: llegó medio día tarde",
        "Esto no es lo que pedí",
        "Esperé una hora y nadie contestó",
    ],
    refund: &["Quiero que me devuelvan el dinero", "¿Cómo pido la devolución?", "Devuélvanme el pago, por favor"],
    puzzle: &[
        "¿Entonces lo mismo que en primavera pero al revés, con lo que dijimos?",
        "jklñ ???",
        "Ya sabe, lo de aquel día",
    ],
    other: &["Por cierto, otra cosa", "Y otra pregunta", "Hola de nuevo"],
    reply_price: &["¿Eso es por uno?", "¿Está todo incluido?", "De acuerdo"],
    operator: &[
        "¡Buenos días! Soy del equipo. He leído la conversación y lo resuelvo ahora.",
        "Hola, le escribe una compañera. Lo compruebo con el taller.",
        "Gracias por esperar. Tengo su pedido delante.",
    ],
    operator_end: &[
        "Hecho: lo he cambiado y le llegará un mensaje.",
        "He hablado con el taller; está todo listo.",
        "Resuelto. Escríbanos cuando quiera.",
    ],
    note: &[
        "Clienta habitual, prefiere que se le escriba por la tarde.",
        "He llamado al taller: pueden mañana antes de las doce.",
        "Ha preguntado dos veces por la factura; enviada por correo.",
    ],
};
