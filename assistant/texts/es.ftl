# Lo que dice el asistente en español. Frases enteras, de usted.

notice = Hola. Le atiende el asistente automático de { $company }.
notice-privacy-link = Aviso de privacidad: { $url }
notice-privacy = Aviso de privacidad: sus mensajes se usan solo para responderle y gestionar su pedido.
greet = Hola. ¿En qué puedo ayudarle?
thanks = No hay de qué.
bye = Hasta pronto y gracias por escribirnos.
bot = Soy el asistente automático de { $company }. Respondo a preguntas sobre nuestra oferta y tomo pedidos.

offer-intro = Esto es lo que ofrecemos:
offer-line = • { $name }: { $price }
offer-line-free = • { $name }: gratis
offer-line-about = • { $name }: { $price }. { $about }
offer-line-free-about = • { $name }: gratis. { $about }
offer-more = Hay más en nuestra lista. ¿Quiere que siga?
offer-ask = ¿Qué le interesa de todo esto?
offer-end = Esto es todo lo que tenemos en la lista. ¿Qué le interesa?
offer-empty = Estamos preparando el catálogo, así que por ahora no tengo nada que ofrecerle.
offer-kinds = Ofrecemos: { $kinds }. ¿Qué le interesa?

item-price = { $name } cuesta { $price }.
item-free = { $name } es gratis.
item-available = Sí, tenemos { $name }: { $price }.
item-available-free = Sí, tenemos { $name } y es gratis.
item-unavailable = { $name } no está disponible en este momento.
item-about = { $name }: { $text }
item-fee = La entrega de { $name } cuesta { $fee }, una sola vez por pedido.
item-fee-threshold = La entrega de { $name } cuesta { $fee }, una sola vez por pedido, y es gratis a partir de { $threshold }.
item-fee-none = La entrega de { $name } no se cobra.
item-travel = El desplazamiento para { $name } cuesta { $fee }, una sola vez por reserva.
item-travel-threshold = El desplazamiento para { $name } cuesta { $fee }, una sola vez por reserva, y es gratis a partir de { $threshold }.
item-travel-none = El desplazamiento para { $name } no se cobra.
item-delivery-time = { $name } se entrega en un plazo de { $hours ->
    [one] { $hours } hora
   *[other] { $hours } horas
 } después del pago.
order-delivery-time = El pedido completo se entrega en un plazo de { $hours ->
    [one] { $hours } hora
   *[other] { $hours } horas
 } después del pago.
item-delivery-time-unknown = El catálogo no indica cuánto tarda la entrega de { $name }.
item-cities = { $name } está disponible en { $cities }.
item-everywhere = { $name } está disponible en cualquier ciudad.
item-online = { $name } es en línea, así que está disponible en cualquier lugar.
item-city-yes = Sí, { $name } está disponible en { $city }.
item-city-no = { $name } no está disponible en { $city }; lo está en { $cities }.
shop-cities = Trabajamos en { $cities }.
shop-cities-online = Trabajamos en línea, así que la ciudad no importa.
shop-cities-any = Trabajamos en cualquier ciudad.
shop-hours = Nuestro horario es { $hours }.
item-duration = { $name } dura { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
 }.
item-format = { $name } se realiza así: { $text }.
item-included = { $name } incluye: { $text }.
item-not-included = { $name } no incluye: { $text }.
item-guarantee = En { $name } garantizamos: { $text }.
item-not-guarantee = En { $name } no garantizamos: { $text }.
item-suitable = { $name } es adecuado para: { $text }.
item-not-suitable = { $name } no es adecuado para: { $text }.
item-specialist = De { $name } se encarga { $text }.
item-prepare = Para { $name } recomendamos: { $text }
item-unknown = Lo siento, nuestro catálogo no lo indica sobre { $name }.
item-unknown-contact = Lo siento, nuestro catálogo no lo indica sobre { $name }. ¿Quiere los datos de contacto de quien puede responderle?
item-link = Encontrará { $name } aquí: { $url }
item-no-link = No hay página web de { $name }.
item-photo = Aquí tiene una foto de { $name }.
item-photo-sent = Ya le he enviado la foto de { $name } en esta conversación.
item-no-photo = No hay foto de { $name }.
item-video = Aquí tiene un vídeo de { $name }.
item-no-video = No hay vídeo de { $name }.
shop-video = Aquí tiene nuestro vídeo.
shop-no-link = Dígame, por favor, de qué artículo se trata y buscaré su página.
shop-no-video = Dígame, por favor, de qué artículo se trata y buscaré su vídeo.
which-about = ¿Sobre qué artículo es su pregunta?

not-found = Lo siento, no he encontrado «{ $what }» en nuestro catálogo.
not-found-ask = ¿Qué más puedo buscarle?
not-found-similar = Lo más parecido que tenemos:
which-item = ¿Cuál prefiere?
which-item-intro = Tenemos varias opciones:
which-quantity = ¿Cuántas unidades de { $name } desea?
which-quantity-packs = Con nuestros formatos no se puede llegar justo a { $wanted }. Estos son los formatos que tenemos:
which-quantity-packs-ask = ¿Cuántos desea de cada formato?
sessions-uneven = Una sesión de { $name } dura { $minutes } minutos. ¿Cuántas sesiones desea?

stock-secret = No puedo dar cifras de existencias. Dígame la cantidad que necesita y comprobaré si está disponible.
not-enough = { $name } no está disponible en esa cantidad.
not-enough-ask = ¿Qué cantidad desea en su lugar?
sold-out = { $name } no está disponible en este momento, así que no lo he incluido.

cart-noted = Anotado: { $lines }.
cart-line = { $quantity } × { $name } ({ $price })
cart-line-free = { $quantity } × { $name } (gratis)
cart-removed = He quitado { $name }.
cart-not-there = { $name } no estaba en su pedido.
cart-empty = Ya no queda nada en su pedido. ¿Qué desea en su lugar?
quantity-too-large = Es más de lo que puedo anotar. ¿Qué cantidad desea?

total-intro = Su pedido:
total-line = • { $quantity } × { $name }: { $total }
total-line-free = • { $quantity } × { $name }: gratis
total-delivery = Entrega: { $fee }
total-delivery-free = Entrega: gratis
total-travel = Desplazamiento: { $fee }
total-travel-free = Desplazamiento: gratis
total-sum = Total: { $total }
total-sum-free = No tiene que pagar nada.
total-city = Ciudad: { $city }
total-slot = Fecha y hora: { $day }, { $time }
confirm-ask = ¿Confirma el pedido? A continuación le enviaré el enlace de pago.
confirm-ask-free = ¿Confirma el pedido?
button-confirm = Sí, confirmo
button-pay = Pagar

ask-fields = ¿Podría indicarme { $fields }, por favor?
field-name = su nombre
field-phone = un teléfono de contacto
field-city = la ciudad
field-address = la dirección
field-date = la fecha
field-time = la hora
field-quantity = la cantidad
field-item = el artículo

phone-invalid = No parece un número de teléfono: debe tener entre { $least } y { $most } caracteres.
phone-unseen = En este canal no puedo ver su número.
phone-person = Tampoco puedo anotar este número, así que he pedido a un compañero que le ayude con el pedido.
city-not-served = No podemos ofrecer { $names } en { $city }.
city-common = El pedido completo está disponible en { $cities }. ¿Qué ciudad prefiere?
city-one-common = El pedido completo está disponible en { $cities }. ¿Le va bien esa ciudad?
city-keep = También podemos dejar solo { $names } para { $city }. ¿Qué prefiere?
city-keep-only = Podemos dejar solo { $names } para { $city }, o puede elegir otra ciudad. ¿Qué prefiere?
city-no-common = No hay ninguna ciudad donde esté disponible el pedido completo. ¿Qué parte desea que deje?
city-served = Lo ofrecemos en { $cities }. ¿Qué ciudad prefiere?

slot-times = Horas libres el { $day }: { $times }.
slot-taken = La hora { $time } del { $day } no está libre.
slot-day-full = No hay horas libres el { $day }.
slot-none = No veo horas libres en los próximos días.
slot-past = La hora { $time } del { $day } ya ha pasado.
slot-too-many = No se pueden reservar tantas plazas en una sola cita. ¿Cuántas desea?

price-changed = El precio de { $name } ha cambiado: era { $old } y ahora es { $new }.
price-now-free = Ahora { $name } es gratis.
price-confirm = ¿Hago el pedido con el nuevo precio?
gone = { $name } ya no está en la oferta, así que lo he quitado.

link-ready = El total es { $total }. Puede pagar aquí: { $url }
link-open = Su pedido de { $total } sigue abierto. Puede pagar aquí: { $url }
link-none = No hay ningún enlace de pago abierto. Dígame qué desea y prepararé el pedido.
free-booked = Listo: su pedido está reservado y no tiene que pagar nada.
free-booked-slot = Listo: tiene reserva el { $day } a las { $time } y no tiene que pagar nada.

paid-yes = Sí, hemos recibido su pago de { $total }. Gracias.
paid-not = Todavía no veo su pago. Puede pagar aquí: { $url } También podemos empezar un pedido nuevo.
paid-no-order = No veo ningún pago, porque no hay ningún enlace de pago abierto. ¿Desea hacer un pedido nuevo?
paid-free = No tiene que pagar nada: su pedido es gratis.
paid-free-item = No tiene que pagar nada: { $name } es gratis.
status-paid = Su pedido de { $total } está pagado.
status-paid-slot = Su pedido de { $total } está pagado. Le esperamos el { $day } a las { $time }.
status-open = Su pedido de { $total } está pendiente de pago: { $url }
status-free = Su pedido está reservado y no tiene que pagar nada.
status-free-slot = Tiene reserva el { $day } a las { $time } y no tiene que pagar nada.
status-none = No tiene ningún pedido abierto. ¿Qué desea?

refund-contact = Siento mucho lo ocurrido. Para la devolución de { $name }, diríjase a: { $contact }
refund-which = Siento mucho lo ocurrido. ¿Qué artículo desea devolver?
refund-none = Siento mucho lo ocurrido. He pasado su solicitud de devolución a un compañero.
contact-item = Contacto para { $name }: { $contact }
contact-office = Nuestra dirección: { $contact }
contact-warehouse = Dirección del almacén de { $name }: { $contact }
contact-none = Lo siento, en el catálogo no figuran esos datos de contacto.
contact-which = ¿Para qué artículo desea los datos de contacto?
person-called = He pasado su petición a un compañero, que le responderá aquí.
complaint = Lo siento mucho. He desactivado los recordatorios.
complaint-sorry = Lo siento mucho.
complaint-person = Lo siento mucho. He avisado a un compañero, que le responderá aquí.
reminders-stopped = Entendido. No recibirá más recordatorios.
cancelled = Su pedido queda retirado y no tiene que pagar nada.
cancelled-cart = Por supuesto. He vaciado su pedido.
cancelled-none = Por supuesto. ¿Puedo ayudarle en algo más?
cancelled-paid = Su pedido ya está pagado, así que he pasado la cancelación a un compañero, que le responderá aquí.
new-order = Con mucho gusto. ¿Qué desea pedir?
discount-none = Lo siento, los precios son los de nuestro catálogo y no puedo rebajarlos.
free-delivery-from = La entrega es gratis solo en pedidos a partir de { $threshold }; por debajo cuesta { $fee }.
free-delivery-reached = Su pedido ha alcanzado { $threshold }, así que la entrega es gratis.
free-delivery-no = Lo siento, la entrega cuesta { $fee } y no se puede suprimir.
free-delivery-none = La entrega de este pedido no se cobra.
free-delivery-depends = La entrega se cobra según el catálogo. Dígame qué desea pedir y se lo calculo.
off-topic = Lo siento, solo puedo ayudarle con la oferta de { $company }.
off-topic-ask = ¿Qué desea pedir o saber sobre ella?
rules-fixed = Me atengo a nuestro catálogo y a sus precios.
pay-method = Se paga en línea con el enlace seguro que envío al confirmar el pedido. No escriba aquí nunca los datos de su tarjeta.
card-data = No escriba aquí nunca los datos de su tarjeta, por favor. Solo se paga con el enlace seguro.
privacy = Usamos sus mensajes y sus datos de contacto solo para responderle y gestionar su pedido.
privacy-link = Usamos sus mensajes y sus datos de contacto solo para responderle y gestionar su pedido. Más información: { $url }
unreadable = Lo siento, no puedo abrirlo. ¿Podría escribirlo como texto, por favor?
unclear = Lo siento, no le he entendido. ¿Qué desea pedir o saber?
continue = ¿En qué más puedo ayudarle?
recommend = Estas son algunas de nuestras propuestas:
more-none = Eso era todo. ¿Qué desea elegir?
