// Invented people and talks for the mock server. Only reserved phone numbers and addresses.

export const products = [
  ["100", "Ramo de 10 rosas rojas", "Diez rosas rojas de tallo largo, envueltas en papel kraft.", 45, "Rosas"],
  ["101", "Ramo de 20 rosas rojas", "Veinte rosas rojas de tallo largo con eucalipto.", 79, "Rosas"],
  ["110", "Ramo de 15 tulipanes", "Quince tulipanes de un solo color o mezclados.", 32, "Tulipanes"],
  ["112", "Peonías de temporada", "Siete peonías en tonos rosa, en jarrón reciclado.", 58, "Temporada"],
  ["114", "Maceta de lavanda", "Lavanda de balcón, aguanta sol directo.", 17.5, "Plantas"],
  ["120", "Corona de eucalipto", "Corona seca para la puerta, cuarenta centímetros.", 39, "Secos"],
  ["130", "Monstera deliciosa", "Planta de interior de noventa centímetros.", 64, "Plantas"],
  ["140", "Tarjeta escrita a mano", "Una tarjeta con su dedicatoria.", 0, "Extras"],
];

export const services = [
  ["200", "Haircut and styling", "A cut, wash and styling for any length.", 35, "Hair"],
  ["201", "Colouring", "Full colouring with a strand test.", 80, "Hair"],
  ["210", "Manicure", "Classic manicure with a gel coat.", 28, "Nails"],
  ["220", "Bridal make-up", "Trial and wedding-day make-up.", 140, "Make-up"],
  ["230", "First consultation", "Twenty minutes with a stylist.", 0, "Advice"],
];

export const talks = [
  { name: "Carmen Ortega", kind: "WHATSAPP", language: "ES", unread: 2, phone: "+34600111213", paid: false, lines: [["in", "Hola, ¿hacéis entregas en Valencia el sábado?"], ["out", "Buenas tardes, soy el asistente automático de Flora Verde. Sí, entregamos en Valencia todos los días. ¿Qué ramo le gustaría?"], ["in", "Dos ramos de 20 rosas rojas y una maceta de lavanda"], ["out", "Perfecto: 2 × Ramo de 20 rosas rojas (158 €) y 1 × Maceta de lavanda (17,50 €). Los productos suman 175,50 € y la entrega es gratuita desde 120 €. ¿Me indica su nombre y su teléfono?"], ["in", "Carmen Ortega, +34 600 111 213"], ["in", "¿Y puede ser antes de las 12?"]] },
  { name: "Алексей Романов", kind: "TELEGRAM", language: "RU", unread: 0, phone: "+79990001122", paid: true, lines: [["in", "Здравствуйте! Сколько стоит букет из 15 тюльпанов?"], ["out", "Здравствуйте! Я автоматический помощник магазина. Букет из 15 тюльпанов стоит 32 €. Доставка 6,50 €."], ["in", "Беру один, Мадрид, Алексей, +79990001122"], ["out", "Спасибо, Алексей! Итого 38,50 € с доставкой. Ссылка для оплаты: https://pay.example.com/o/7f3k"], ["sys", "paid"], ["out", "Оплата получена. Доставим завтра с 10:00 до 12:00."]] },
  { name: "Emma Clarke", kind: "INSTAGRAM", language: "EN", unread: 1, phone: "+447700900123", needs: "customer_asked_for_person", lines: [["in", "Hi! My peonies arrived a bit wilted yesterday 😔"], ["out", "I am sorry to hear that. I have called a colleague, who will answer here shortly."], ["in", "Thank you, could someone call me today?"]] },
  { name: "Айгерім Сәрсен", kind: "WEBCHAT", language: "KK", unread: 0, phone: "+77000001122", lines: [["in", "Сәлеметсіз бе! Лаванда күнге төзе ме?"], ["out", "Сәлеметсіз бе! Иә, лаванда тікелей күнге төзімді. Бір құмыраның бағасы — 17,50 €."], ["in", "Рақмет, ойланып көрейін"]] },
  { name: "Lucía Benítez", kind: "WHATSAPP", language: "ES", unread: 0, phone: "+34600222333", paid: true, operator: true, lines: [["in", "Necesito 12 centros de mesa para una boda en mayo"], ["out", "¡Enhorabuena! Para pedidos de boda le atiende una persona del equipo."], ["op", "Hola Lucía, soy Marta. ¿Qué colores tenéis pensados?"], ["in", "Blanco y verde, muy natural"], ["note", "Presupuesto aproximado: 600 €. Enviar propuesta antes del viernes."]] },
  { name: "Tom Whitfield", kind: "FACEBOOK", language: "EN", unread: 0, phone: "+447700900456", lines: [["in", "Do you have a gift card?"], ["out", "We have a handwritten card that goes with any bouquet, and it is free. Shall I add one?"], ["in", "Yes please, with the monstera"]] },
  { name: "Марина Ковальчук", kind: "EMAIL", language: "RU", unread: 0, phone: "+79990003344", resolved: true, lines: [["in", "Добрый день, пришлите, пожалуйста, счёт за заказ."], ["op", "Добрый день, Марина! Счёт отправлен вам на почту."], ["in", "Получила, благодарю."]] },
  { name: "Diego Ferrer", kind: "WEBCHAT", language: "ES", unread: 0, phone: "+34600444555", failed: true, lines: [["in", "¿Tenéis coronas para la puerta?"], ["out", "Sí: Corona de eucalipto, 39 €. Es seca y dura todo el año."], ["in", "¿Entregáis en Sevilla?"]] },
  { name: "Нұрлан Әбенов", kind: "TELEGRAM", language: "KK", unread: 3, phone: "+77000003344", lines: [["in", "20 раушан гүлі қанша тұрады?"], ["out", "20 қызыл раушан гүлінен жасалған шоқ — 79 €."], ["in", "Екеуін аламын"], ["in", "Мадридке"], ["in", "Нұрлан, +77000003344"]] },
  { name: "Sofia Marchetti", kind: "INSTAGRAM", language: "EN", unread: 0, phone: "+447700900789", paid: true, lines: [["in", "One bouquet of 10 red roses to Barcelona please"], ["out", "One bouquet of 10 red roses is 45 € and delivery is 6.50 €: 51.50 € in total. Your name and phone, please?"], ["in", "Sofia Marchetti, +447700900789"], ["out", "Thank you, Sofia. Here is your payment link: https://pay.example.com/o/9d2m"]] },
];
