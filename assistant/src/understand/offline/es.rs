//! Spanish turns of phrase.

use super::super::cue::Cue;

/// Patterns of [`super::super::cue`].
pub(crate) const CUES: &[(Cue, &str)] = &[
    (Cue::Greet, "hola|buenas|buenos dias|buenas tardes/noches|buen dia|muy buenas|saludos|que tal"),
    (Cue::Thanks, "gracias|muchas gracias|mil gracias|se lo agradezco|te lo agradezco"),
    (Cue::Bye, "adios|hasta luego|hasta pronto|hasta mañana|chao|que tenga buen dia"),
    (
        Cue::Offer,
        "todos/todas sus|todos los servicios/productos/tratamientos|todo lo que ofrece*|que ofrece*/vende*/tiene*/teneis|que me ofrece*|que hay|que puedo comprar/pedir/reservar/encargar|que servicios|que productos|que actividades|cuales son sus servicios/productos|sus servicios/productos|su catalogo|el catalogo|catalogo|la carta|el menu|lista de precios|tarifas|que mas tiene*/teneis|a que se dedica*|que hace*|que clase/tipo/tipos de _ tiene*/teneis/ofrece*/vende*|que clases/tipos/opciones|que _ tiene*/teneis/ofrece*/vende*|que surtido|cual es la oferta|oferta de servicios|que disponible|muestreme todo|enseñeme todo",
    ),
    (
        Cue::Detail,
        "informacion detallada|detallad*|con detalles|con detalle|en detalle|con todo detalle|mas detalles|detalles|detalladamente|lista completa|todo lo que tiene*",
    ),
    (
        Cue::Price,
        "cuanto cuesta/cuestan/vale/valen|cuanto es/son|cuanto sale/salen|cuanto costaria/costarian|que precio|a cuanto|precio|precios|el precio|su precio|que vale/valen|que cuesta/cuestan|coste|tarifa|cuanto me cuesta/costaria|a como|es gratis|es gratuito/gratuita|hay que pagar|cuanto cobra*|cuanto|cuesta|vale la sesion",
    ),
    (
        Cue::Total,
        "en total|total|cuanto seria|cuanto seria en total|cuanto es en total|cuanto sale todo|cuanto es todo|el total|importe total|la suma|por todo|cuanto me sale|cuanto tendria que pagar|cuanto seria todo|cuanto sumaria",
    ),
    (
        Cue::Describe,
        "hableme de|hablame de|cuenteme|cuentame|cuenteme mas|mas informacion|informacion sobre|informacion de|descripcion|describa*|describe|en que consiste|en que consisten|que es|que son|como es|como son|como funciona|como funcionan|de que se trata|de que trata|expliqueme|explicame|saber mas|mas sobre|acerca de|sobre el|sobre la|contadme|contadmelo",
    ),
    (
        Cue::Size,
        "que tamaño|tamaño|tamaños|medidas|que mide|cuanto mide/miden|de alto|de altura|altura|que altura|cuanto pesa/pesan|peso|dimensiones|como de grande/alto/alta|que talla*|talla|tallas|cuantas piezas|cuantos trae|cuantas trae|ancho|largo|que capacidad|cuantas unidades trae",
    ),
    (
        Cue::Material,
        "de que esta hech*|de que es|de que son|de que material|material|ingredientes|composicion|que lleva|que llevan|contiene|contienen|alergeno*|de que color|que color|que colores|colores",
    ),
    (
        Cue::Included,
        "que incluye|que incluyen|incluye|incluido|incluida|incluidos|incluidas|esta incluido|que entra|que va incluido|viene con|vienen con|que trae|que esta incluido",
    ),
    (
        Cue::NotIncluded,
        "no incluye|no incluido|no incluida|no esta incluido|no esta incluida|que no incluye|que no entra|se paga aparte|aparte|no entra|coste extra|extras|suplemento*|que no esta incluido",
    ),
    (Cue::Guarantee, "garantia|garantias|garantiza*|que garantiza*|que garantias|tiene garantia|esta garantizado"),
    (Cue::NotGuarantee, "no garantiza*|no se garantiza|que no garantiza*|no esta garantizado"),
    (
        Cue::Suitable,
        "para quien|es apto|es apta|apto para|apta para|aptos para|adecuad* para|es adecuad*|sirve para|vale para|conviene|recomendado para|indicado para|es bueno para|pueden ir niños|pueden niños|puede ir|puedo ir con|a partir de que edad|que edad|edad minima|es seguro|principiantes|apto",
    ),
    (
        Cue::NotSuitable,
        "no apto|no apta|no es apto|no es apta|para quien no|contraindica*|no recomendado|no conviene|no adecuado|quien no puede|quien no deberia|restricciones|no es adecuad*",
    ),
    (
        Cue::Specialist,
        "quien lo hace|quien la hace|quien hace|quien da|quien imparte|quien lo imparte|quien la imparte|quien es el|quien es la|quien me atiende|quien me atendera|quien atiende|quien sera|especialista|profesional|que experiencia|titulacion|que medico|quien realiza|quien lo realiza|quien dirige|el instructor|la instructora|el profesor|la profesora|el monitor|la monitora|el guia|quien enseña",
    ),
    (
        Cue::Prepare,
        "que tengo que llevar|que debo llevar|que llevo|que hay que llevar|como me preparo|como prepararme|que necesito llevar|preparacion|recomendaciones|antes de venir|antes de ir|hay que traer|que traigo|que hay que traer|debo traer|tengo que traer|que debo traer",
    ),
    (
        Cue::Duration,
        "cuanto dura/duran|cuanto tiempo|que duracion|duracion|cuantas horas|cuantos minutos|cuanto tarda la|a que hora termina|cuanto durara",
    ),
    (
        Cue::Format,
        "es online|es en linea|es presencial|presencial o|online o|por videollamada|a domicilio|que formato|formato|donde se hace|donde se realiza|donde tiene lugar|vienen a casa|donde se celebra",
    ),
    (
        Cue::DeliveryFee,
        "esta incluido el envio|el envio esta incluido|incluye el envio|incluye envio|con el envio incluido|cuanto cuesta el envio|cuanto cuesta la entrega|cuanto vale el envio|coste de envio|coste del envio|costo de envio|gastos de envio|precio del envio|precio de envio|precio de la entrega|cuanto es el envio|cuanto cuesta enviar*|cuanto es la entrega|portes|cuanto cuesta el reparto|gastos de entrega|cuanto cobran por el envio|cuanto cobran por envio|coste de la entrega|coste de desplazamiento|cuanto cuesta el desplazamiento|desplazamiento|cuanto seria el envio|cuanto sale el envio",
    ),
    (
        Cue::DeliveryTime,
        "cuando llega|cuando llegaria|cuando llegara|cuando llegan|cuanto tarda|cuanto tardan|cuanto tarda el envio|cuanto tarda en llegar|cuanto tarda la entrega|plazo de entrega|tiempo de entrega|cuando lo entregan|cuando entregan|cuando me lo entrega*|en cuanto tiempo|cuanto tiempo tarda|cuanto tiempo tardan|plazo|cuando lo recibo|cuando lo recibiria|en cuantas horas|en cuantos dias|el mismo dia|cuando lo tendria|cuanto tardaria|cuanto tardarian|cuando estaria|cuando lo envian",
    ),
    (
        Cue::Cities,
        "que ciudades|en que ciudades|a que ciudades|donde entregan|donde entregais|donde reparten|entregan en|entregais en|envian a|enviais a|hacen envios|haceis envios|donde trabajan|donde esta disponible|donde se ofrece|en que ciudad|que zonas|en que zonas|reparten en|hacen entregas|donde ofrece*|que localidades|donde hay|llegan a|hacen envios a|donde|en donde|donde puedo",
    ),
    (
        Cue::Hours,
        "horario|horarios|que horario|a que hora abren|a que hora cierran|a que hora abre|a que hora cierra|estan abiertos|esta abierto|hasta que hora|cuando abren|abren los|abren el|dias abren",
    ),
    (
        Cue::FreeTimes,
        "cuando tiene* hueco|que huecos|huecos|hueco|horas libres|hora libre|que horas|que horas hay|que horas tiene*|cuando hay|cuando puedo ir|cuando puedo venir|cuando podria|que disponibilidad|disponibilidad|que dias|cuando es posible|cuando tiene* libre|citas disponibles|otra hora|otras horas|a que hora puedo|a que hora podria|a que horas|que horarios tiene*|que horarios hay|la primera hora|lo antes posible|cuando se puede|cuando teneis|horas disponibles|horarios disponibles|proxima cita|cita mas cercana",
    ),
    (Cue::Link, "enlace|el enlace|enlace de|enlace a|link|pagina web|la pagina|pagina|sitio web|su web|la web|url|web"),
    (
        Cue::Photo,
        "foto de|fotos de|una foto|la foto|foto|fotos|imagen|imagenes|una imagen|como se ve|que aspecto|puedo verlo|puedo verla|enseñeme|muestreme|fotografia del|fotografia de la",
    ),
    (Cue::Video, "video de|un video|el video|video|videos|algun video"),
    (
        Cue::Want,
        "me mandais|me mandas|me manda|me enviais|me envias|me envia|me pones|me pone|me poneis|me traes|me trae|me traeis|me preparais|me preparas|me prepara|me guardas|me guarda|me apuntas|me apunta|quiero|quisiera|queria|querria|queremos|quisieramos|queriamos|me gustaria|nos gustaria|necesito|necesitamos|necesitaria|deseo|desearia|me llevo|me quedo con|me lo llevo|me la llevo|me los llevo|lo quiero|la quiero|los quiero|las quiero|ponme|pongame|pongan*|ponga|deme|dame|reserva*|reserveme|resérvame|reservame|reservar|reserve|apuntame|apunteme|apuntarme|encargo|encargar|encarga*|pido|pedir|pide|compro|comprar|compra*|mandame|mandeme|enviame|envieme|enviadme|tomare|tomo|cojo|voy a querer|voy a pedir|hagame|hazme|hacer un pedido|hacer una reserva|cita para|una cita|pedir cita|elijo|prefiero|que sea|que sean|seran|podria pedir|puedo pedir|puedo reservar|puedo comprar|puedo encargar|podria reservar|entreguen|traigame|traeme|agendar|agendame|agendeme|apuntenos|me apunto",
    ),
    (
        Cue::WantToKnow,
        "quiero saber|quisiera saber|queria saber|querria saber|me gustaria saber|necesito saber|quiero preguntar|queria preguntar|quisiera preguntar|queria informacion|quiero informacion|quisiera informacion|necesito informacion|me gustaria informacion|desearia saber|quiero conocer|me gustaria conocer|queria consultar|quisiera consultar|quiero ver|quisiera ver|queria ver|me gustaria ver|podria decirme|me podria decir|me puede decir|puede decirme|me dice|digame|dime|me pregunto|tengo una pregunta|una pregunta|una duda|como puedo pedir|como puedo reservar|como reservo|como pido|mandame una foto|mandeme una foto|enviame una foto|envieme una foto|enviame la foto|envieme la foto|mande una foto|enviar una foto|mandar una foto|solo pregunto|solo mirando|quisiera mas informacion|queria mas informacion",
    ),
    (
        Cue::Available,
        "tiene|tienen|teneis|tienes|hay|venden|vende|vendeis|disponen|dispone|ofrecen|ofreceis|ofrece|hacen|haceis|esta disponible|estan disponibles|disponible|disponibles|queda|quedan|busco|buscamos|estoy buscando|me interesa|me interesan|estoy interesad*|y si",
    ),
    (
        Cue::Add,
        "otros dos/tres/cuatro/cinco/seis/siete/ocho/nueve/diez/2/3/4/5/6/8/10|otras dos/tres/cuatro/cinco/seis/siete/ocho/nueve/diez/2/3/4/5/6/8/10|añada*|añade*|añadir|añadame|añademe|agrega*|agregue*|agregar|tambien|ademas|mas|y tambien|otro|otra|uno mas|una mas|sumar|suma|incluya|incluye tambien|y ponga",
    ),
    (
        Cue::Remove,
        "sin|quita*|quite*|quitar|elimina*|elimine*|saca|saque|saquen|ya no quiero el|ya no quiero la|ya no quiero|menos el|menos la|excepto|no quiero|no necesito|borra|borre|retire|retira|descarta*|olvide el|olvide la|olvida el|olvida la|cancele el|cancele la|ni",
    ),
    (
        Cue::Only,
        "solo|solamente|unicamente|nada mas que|deje solo|deja solo|solo el|solo la|quedese solo con|quedemonos solo con",
    ),
    (
        Cue::Instead,
        "en vez de|en lugar de|en vez del|en lugar del|cambie el|cambie la|cambia el|cambia la|reemplac*|sustituy*|por el|por la",
    ),
    (
        Cue::Change,
        "mejor|mejor que|mejor dicho|perdon|cambio|cambie|cambialo|cambielo|cambiar|cambiarlo|en realidad|quise decir|me equivoque|corrijo|correccion|no espera|pensandolo bien|que sean mejor|al final|rectifico|muevalo|pasalo a|paselo a",
    ),
    (
        Cue::Confirm,
        "confirmo|confirmado|confirmada|confirmar|confirmamos|confirmo el pedido|confirmo la reserva|le confirmo|te confirmo|lo confirmo|confirmelo|todo correcto|todo es correcto|todo esta correcto|esta todo correcto|es correcto todo|esta todo bien|envieme el enlace|enviame el enlace|mandeme el enlace|mandame el enlace|envie el enlace|pase el enlace|paseme el enlace|pasame el enlace|mande el enlace|deme el enlace|enlace de pago|enlace para pagar|link de pago|quiero pagar|quisiera pagar|voy a pagar|para pagar|proceder|proceda|procedan|adelante|adelante con|tramite|tramitelo|tramita*|haga el pedido|hagan el pedido|haz el pedido|cierre el pedido|cerrar el pedido|finalizar|finalice|finalizar el pedido|de acuerdo con todo|estoy de acuerdo|pasar al pago|pasemos al pago|listo para pagar|lista para pagar|realizar el pago|hacer el pago|acepto|envieme el link|enviame el link|mandeme el link|mandame el link|pasame el link|conforme|hecho|dale|tira|hagamoslo",
    ),
    (
        Cue::Yes,
        "bueno|bueno si|si|claro|por supuesto|vale|ok|okay|okey|de acuerdo|correcto|exacto|exactamente|perfecto|genial|bien|muy bien|eso es|asi es|si por favor|estupendo|fenomenal|me parece bien|desde luego|estoy de acuerdo|venga",
    ),
    (Cue::No, "no|nada mas|no gracias|ahora no|nada"),
    (
        Cue::Cancel,
        "olvidelo|olvidalo|dejelo|dejalo|cancele|cancela|cancelar|cancelo|cancelen|cancele el pedido|cancelar el pedido|cancelar la reserva|cancelar mi pedido|cancelar mi reserva|anule*|anular|anular el pedido|anulo|anula|he cambiado de idea|he cambiado de opinion|cambie de opinion|ya no lo quiero|ya no la quiero|ya no los quiero|no lo quiero|no la quiero|ya no me interesa|no me interesa|no quiero nada|da igual|dejemoslo|mejor no|ya no quiero el pedido|no voy a comprar|no voy a pedir|vacie el carrito|vaciar el carrito|empecemos de nuevo|empezar de nuevo|olvidemos eso|olvidelo todo|ya no quiero nada|desisto",
    ),
    (
        Cue::Complaint,
        "queja|quejarme|reclamar|reclamacion|fatal|horrible|pesimo|pesima|decepcionad*|inaceptable|roto|rota|rotos|rotas|dañado|dañada|dañados|llego tarde|no llego|no ha llegado|no me ha llegado|no llega|nunca llego|pedido equivocado|equivocad*|mala calidad|malo|mala|marchit*|podrid*|estropead*|no funciona|defectuos*|estafa|engaño|vergüenza|verguenza|molest*|enfadad*|descontent*|insatisfech*|desastre|no vino nadie|nadie vino|con retraso|mal servicio|falta un|falta una|indignad*|en mal estado|dejen de molestar",
    ),
    (
        Cue::ClaimPaid,
        "ya pague|ya he pagado|he pagado|ya esta pagado|ya esta pagada|esta pagado|pague|ya lo pague|ya lo he pagado|acabo de pagar|pago hecho|pago realizado|hice el pago|he hecho el pago|ya hice el pago|hice la transferencia|he transferido|ya transferi|hemos pagado|ya pagamos|pagado|he realizado el pago|ya realice el pago|el pago esta hecho|ya aboné|ya he abonado|lo pague",
    ),
    (
        Cue::AskPaid,
        "llego mi pago|llego el pago|ha llegado mi pago|ha llegado el pago|les llego el pago|le llego el pago|recibieron el pago|recibieron mi pago|han recibido el pago|han recibido mi pago|ha recibido mi pago|esta pagado mi|estado del pago|se hizo el pago|se ha hecho el pago|ha entrado el pago|paso el pago|les ha llegado|consta el pago|recibio el pago|recibido el pago",
    ),
    (
        Cue::Refund,
        "devolv*|me devuelv*|devolucion|devoluciones|devolver|devolverlo|devolverla|devuelvan|devuelva*|devuelve*|reembols*|quiero mi dinero|mi dinero|devolucion del dinero|cambiarlo por otro|hacer un cambio|politica de devolucion*|recuperar el dinero|recuperar mi dinero",
    ),
    (
        Cue::SupplierContact,
        "proveedor*|contacto del proveedor|quien es su proveedor|fabricante*|productor*|quien lo fabrica|quien los fabrica|quien suministra|distribuidor*|quien lo produce",
    ),
    (
        Cue::SpecialistContact,
        "telefono del profesor*|telefono de la profesora|contacto del profesor*|contacto de la profesora|contactar con el|contactar con ella|hablar con el directamente|hablar con ella directamente|contacto del especialista|contacto de la especialista|telefono del especialista|telefono de la especialista|contacto del instructor|contacto de la instructora|telefono del instructor|contacto del profesor|contacto de la profesora|contacto del terapeuta|contacto de la terapeuta|contacto del monitor|contacto del guia|contacto de la guia|contacto del chef|contacto de la chef|contactos del especialista|contactar con el especialista|contactar con la especialista|contactar con el|contactar con la|contacto de quien|datos del especialista|datos de contacto del especialista|hablar con el especialista|hablar con la especialista|hablar con el instructor|hablar con la terapeuta|hablar con el medico|su telefono directo|telefono de quien",
    ),
    (
        Cue::OfficeAddress,
        "su direccion|direccion de la oficina|donde estan|donde esta|donde estan ubicados|donde se encuentran|donde esta la oficina|donde esta su oficina|donde esta la tienda|donde esta el salon|donde esta su|como llegar|como llego|direccion|la direccion|cual es la direccion|donde os encuentro|donde estais|a donde tengo que ir|ubicacion|donde es",
    ),
    (
        Cue::WarehouseAddress,
        "almacen|direccion del almacen|donde esta el almacen|recoger|recogerlo|recogida|pasar a buscar|recoger en tienda|recogerla",
    ),
    (
        Cue::CompanyContact,
        "datos de contacto|contacto|su contacto|su telefono|telefono de contacto|su correo|su email|numero de telefono|como puedo contactar*|como les contacto|puedo llamar*|a que numero|contactos|un telefono",
    ),
    (
        Cue::Person,
        "una persona|persona real|un humano|humano|operador|operadora|encargado|encargada|gerente|un agente|agente|responsable|hablar con alguien|hablar con una persona|hablar con un|hablar con una|atencion al cliente|alguien real|su jefe|administrador|administradora|que me llamen|llamenme|llameme|un empleado|un compañero|una compañera|asesor|asesora|comercial|supervisor|el dueño|la dueña|que me atienda una persona",
    ),
    (
        Cue::Discount,
        "descuento*|rebaja|rebajas|rebaje*|mas barato|mas barata|mas baratos|codigo promocional|cupon|cupones|oferta|ofertas|promocion|promociones|precio especial|mejor precio|hacer precio|haga precio|me lo deja*|bajar el precio|baje el precio|regatear",
    ),
    (
        Cue::FreeDelivery,
        "envio es gratis|envio seria gratis|envio sale gratis|entrega es gratis|envio _ gratis|gratis si paso|envio gratis|envio gratuito|entrega gratis|entrega gratuita|gratis el envio|gratis la entrega|sin gastos de envio|sin coste de envio|no cobre el envio|no me cobre el envio|no cobren el envio|no me cobren el envio|desplazamiento gratis|regale el envio|regalen el envio|sin pagar envio|el envio gratis|la entrega gratis|envio incluido",
    ),
    (
        Cue::NewOrder,
        "nuevo pedido|otro pedido|pedir otra vez|pedir de nuevo|otra reserva|nueva reserva|nueva compra|un pedido nuevo|hacer otro pedido|quiero pedir otra cosa|otra cosa|desde cero|otra compra",
    ),
    (
        Cue::OffTopic,
        "futbol|partido de|el partido|quien gano|politica|presidente|elecciones|chiste|poema|bitcoin|criptomoned*|capital de|el tiempo hace|que tiempo|clima|horoscopo|loteria|traduce*|deberes|noticias|guerra|pelicula*|cancion|receta de|programa en|codigo en|escribe un|escribeme|matematicas|tipo de cambio|tu opinion|religion|novia|novio|cuentame un cuento|quien es el presidente",
    ),
    (
        Cue::Injection,
        "olvida tus reglas|olvida tus instrucciones|olvide sus reglas|olvide sus instrucciones|olvida todo|olvida las|ignora tus|ignora las|ignora todo|ignora todas|ignore sus|ignore las|ignora|a partir de ahora|desde ahora|ahora eres|eres ahora|finge|haz como si|actua como|actue como|tus instrucciones|sus instrucciones|tus reglas|sus reglas|tu prompt|prompt|modo desarrollador|soy el dueño|soy la dueña|soy el administrador|soy tu programador|soy tu creador|nuevas reglas|nuevas instrucciones|pon el precio|cambia el precio|el precio es ahora|ahora cuesta|revela",
    ),
    (
        Cue::StockProbe,
        "cuantos quedan|cuantas quedan|cuantos tienen|cuantas tienen|cuantos tiene|cuantas tiene|cuantos hay|cuantas hay|cuantos _ quedan|cuantas _ quedan|cuantos _ tiene*|cuantas _ tiene*|cuantos _ hay|cuantas _ hay|cuantos _ _ quedan|cuantas _ _ quedan|cuantos _ _ tiene*|cuantas _ _ tiene*|cuantas plazas|cuantos huecos|cuantas unidades|stock|existencias|numero exacto|cantidad exacta|inventario|en almacen|cuanto stock|plazas quedan|plazas libres|le quedan|les quedan|os quedan|cuantas _ _ hay|cuantos _ _ hay",
    ),
    (
        Cue::StopReminders,
        "no me recuerde*|no me recuerden|dejen de recordar*|deje de recordar*|deja de recordar*|no mas recordatorios|basta de recordatorios|sin recordatorios|deje de escribir*|dejen de escribir*|deja de escribir*|no me escriba*|no me escriban|dejen de enviar*|deje de enviar*|deja de enviar*|dejen de mandar*|deje de mandar*|deja de mandar*|no me envie* mas|no me mande* mas|dejeme en paz|dejenme en paz|recordatorios|no quiero mas mensajes|no quiero recordatorios|pare de|paren de|no me avise*|basta ya",
    ),
    (
        Cue::More,
        "mas|mas detalles|siga|sigue|continue|continua|siguiente|muestreme mas|ver mas|que mas|algo mas|el resto|los demas|mas opciones|mas por favor|si mas|enseñe mas|otros",
    ),
    (
        Cue::OrderStatus,
        "mi pedido|donde esta mi pedido|estado del pedido|estado de mi pedido|que pasa con mi pedido|mi reserva|mi cita|mi entrega|esta reservado|esta reservada|cuando es mi|mi encargo|y mi pedido",
    ),
    (
        Cue::Bot,
        "eres un bot|es un bot|eres un robot|es un robot|es usted humano|eres humano|eres humana|es usted una persona|eres una persona|hablo con una persona|hablo con un|hablo con una maquina|eres real|quien eres|quien es usted|eres una ia|es una ia",
    ),
    (
        Cue::PayMethod,
        "como puedo pagar|como pago|como se paga|formas de pago|forma de pago|metodos de pago|metodo de pago|pagar con tarjeta|con tarjeta|en efectivo|efectivo|bizum|paypal|transferencia|contra reembolso|pagar al recibir|pagar a plazos|plazos|factura|numero de tarjeta|mi tarjeta|datos de la tarjeta|datos de mi tarjeta|pagar en el momento|pagar alli",
    ),
    (
        Cue::Recommend,
        "que me recomienda*|que recomienda*|recomienda*|recomendacion|recomiende*|aconseja*|que me aconseja*|sugiere*|sugerencia|cual es mejor|cual me recomienda*|ayudeme a elegir|no se que|no se cual|un regalo para|mas vendido|mas popular|que es mejor|algo para",
    ),
    (Cue::Cheapest, "el mas barato|la mas barata|lo mas barato|mas economico|mas economica|mas asequible"),
    (Cue::Dearest, "el mas caro|la mas cara|lo mas caro"),
    (
        Cue::LinkAgain,
        "no me abre el enlace|el enlace no se abre|no puedo abrirlo|no me deja pagar|donde esta mi enlace|donde esta el enlace|mi enlace|el enlace otra vez|otra vez el enlace|enlace de nuevo|de nuevo el enlace|no funciona el enlace|el enlace no funciona|el enlace no va|no me llego el enlace|no me ha llegado el enlace|no veo el enlace|perdi el enlace|he perdido el enlace|enlace caducado|ha caducado|otro enlace|nuevo enlace|reenvie*|reenvia*|renovar el enlace|renueve el enlace|no se abre el enlace|no puedo abrir el enlace",
    ),
    (Cue::Privacy, "privacidad|datos personales|proteccion de datos|mis datos|rgpd|politica de privacidad"),
    (Cue::All, "todo|todos|todas|los tres|las tres|ambos|ambas|todos ellos"),
    (
        Cue::Repeat,
        "lo mismo otra vez|lo mismo de nuevo|otra vez lo mismo|lo mismo que la otra vez|lo mismo que la ultima vez|lo mismo que antes|lo mismo de antes|lo mismo de siempre|lo de siempre|el mismo pedido|repetir el pedido|repetir mi pedido|repite el pedido|repita el pedido|repite mi pedido|repita mi pedido|repetir pedido|repetir lo mismo|quiero repetir|pedir lo mismo|ponme lo mismo|pongame lo mismo",
    ),
    (Cue::Each, "uno de cada|una de cada|uno de cada uno|una de cada una"),
    (Cue::Please, "por favor|porfa|porfavor"),
];
