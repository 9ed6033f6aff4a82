//! The words by which owners head their columns, in the four languages. They are compared after
//! [`super::normalise`], so case, accents, dashes and brackets don't matter here.

use super::Column;
use crate::catalog::ItemKind::{self, Product, Service};

/// One row of the table: the column, the kind of item that only uses this word, and the words with commas between.
pub(super) type Entry = (Column, Option<ItemKind>, &'static str);

/// Canonical headings of commerce.md "Columns".
pub(super) const CANONICAL: &[Entry] = &[
    (Column::Kind, None, "kind"),
    (Column::Name, Some(Product), "product_name"),
    (Column::Name, Some(Service), "service_name"),
    (Column::Sku, None, "sku"),
    (Column::Description, None, "description"),
    (Column::Unit, None, "unit"),
    (Column::Category, None, "category"),
    (Column::Category, Some(Service), "service_category"),
    (Column::Subcategory, Some(Service), "service_subcategory"),
    (Column::Tags, None, "tags"),
    (Column::Online, None, "online"),
    (Column::Price, None, "price"),
    (Column::Fee, Some(Product), "logistics_price"),
    (Column::Fee, Some(Service), "travel_fee"),
    (Column::FreeFrom, Some(Product), "free_delivery"),
    (Column::FreeFrom, Some(Service), "free_travel_threshold"),
    (Column::Available, Some(Product), "stock_units"),
    (Column::Available, Some(Service), "slots_available"),
    (Column::DeliveryTime, Some(Product), "delivery_time_hours"),
    (Column::PaymentReminder, None, "payment_reminder"),
    (Column::Duration, Some(Service), "duration"),
    (Column::Capacity, Some(Service), "capacity"),
    (Column::Format, Some(Service), "format"),
    (Column::Area, Some(Product), "cities"),
    (Column::Area, Some(Service), "location"),
    (Column::WebsiteUrl, None, "website_url"),
    (Column::ImageUrl, None, "image_url"),
    (Column::VideoUrl, None, "video_url"),
    (Column::Included, Some(Service), "included"),
    (Column::NotIncluded, Some(Service), "not_included"),
    (Column::Guarantee, Some(Service), "what_guarantee"),
    (Column::NotGuarantee, Some(Service), "what_not_guarantee"),
    (Column::SuitableFor, Some(Service), "suitable_for"),
    (Column::NotSuitableFor, Some(Service), "not_suitable_for"),
    (Column::Specialist, Some(Service), "specialist_initials"),
    (Column::SpecialistArea, Some(Service), "specialist_area"),
    (Column::Recommendations, Some(Service), "details"),
    (Column::Company, None, "company"),
    (Column::SupplierContact, Some(Product), "supplier_contact"),
    (Column::SupplierServices, Some(Product), "supplier_company_services"),
    (Column::Warehouse, Some(Product), "warehouse_address"),
    (Column::SpecialistContact, Some(Service), "specialist_contact"),
    (Column::Office, None, "office_address"),
];

/// Other words for the same columns: English, Spanish, Russian, Kazakh.
pub(super) const SYNONYMS: &[Entry] = &[
    (Column::Kind, None, "item kind, item type, tipo de articulo, вид позиции, тип позиции, позиция түрі"),
    (
        Column::Name,
        None,
        "name, title, item, item name, nombre, titulo, denominacion, articulo, название, наименование, позиция, \
         имя, атауы, атау, аты",
    ),
    (
        Column::Name,
        Some(Product),
        "product, product title, name of product, goods, producto, nombre del producto, nombre producto, nombre \
         de producto, nombre del articulo, товар, название товара, наименование товара, продукт, название \
         продукта, наименование продукта, тауар, тауар атауы, тауардың атауы, өнім, өнім атауы, өнімнің атауы",
    ),
    (
        Column::Name,
        Some(Service),
        "service, service title, name of service, servicio, nombre del servicio, nombre servicio, nombre de \
         servicio, услуга, название услуги, наименование услуги, процедура, название процедуры, қызмет, қызмет \
         атауы, қызметтің атауы, қызмет түрі",
    ),
    (
        Column::Sku,
        None,
        "article, article number, item number, product code, service code, item code, code, id, ref, reference, \
         referencia, codigo, codigo de producto, codigo del producto, cod, артикул, арт, код, код товара, код \
         услуги, номер товара, арт номер, артикулы, тауар коды, қызмет коды, коды",
    ),
    (
        Column::Description,
        None,
        "descriptions, product description, service description, item description, about, desc, descripcion, \
         descripcion del producto, descripcion del servicio, detalle del producto, описание, описание товара, \
         описание услуги, описание продукта, сипаттама, сипаттамасы, тауар сипаттамасы, қызмет сипаттамасы, \
         сипаты",
    ),
    (
        Column::Unit,
        None,
        "units, unit of measure, unit of measurement, measure, uom, unidad, unidad de medida, medida, единица, \
         единица измерения, единицы, ед, ед изм, ед измерения, мера, өлшем бірлігі, бірлік, бірлігі, өлшемі",
    ),
    (
        Column::Unit,
        Some(Product),
        "presentacion, presentation, pack size, packaging, sold by, фасовка, упаковка, қаптама, орам",
    ),
    (
        Column::Category,
        None,
        "group, section, product category, categoria, grupo, seccion, familia, categoria de producto, категория, \
         группа, раздел, категория товара, санат, санаты, категориясы, бөлім",
    ),
    (
        Column::Category,
        Some(Service),
        "category of service, categoria de servicio, categoria del servicio, категория услуги, қызмет санаты",
    ),
    (
        Column::Subcategory,
        None,
        "subcategory, sub category, subgroup, subcategoria, subgrupo, подкатегория, подгруппа, подраздел, \
         подкатегория услуги, ішкі санат, кіші санат, ішкі санаты, қосалқы санат",
    ),
    (
        Column::Tags,
        None,
        "tag, labels, keywords, etiquetas, etiqueta, palabras clave, теги, тег, метки, ключевые слова, тегтер, \
         белгілер, кілт сөздер",
    ),
    (
        Column::Online,
        None,
        "is online, online service, remote, en linea, a distancia, онлайн, дистанционно, удаленно, қашықтан, \
         желіде",
    ),
    (
        Column::Price,
        None,
        "unit price, sale price, selling price, retail price, price per unit, precio, precio unitario, precio de \
         venta, precio venta, pvp, precio con iva, precio final, importe, tarifa, цена, стоимость, цена за \
         единицу, цена за шт, цена продажи, розничная цена, цена розничная, цена для клиента, прайс, стоимость \
         услуги, цена услуги, цена товара, стоимость товара, баға, бағасы, құны, сату бағасы, бөлшек баға, қызмет \
         бағасы, қызмет құны, тауар бағасы, тауардың бағасы, қызметтің бағасы, бір данасының бағасы",
    ),
    (
        Column::Fee,
        Some(Product),
        "delivery price, delivery fee, delivery cost, shipping, shipping price, shipping cost, shipping fee, \
         delivery, logistics, logistics cost, precio de envio, precio del envio, gastos de envio, coste de envio, \
         costo de envio, envio, precio de entrega, coste de entrega, gastos de entrega, portes, precio logistica, \
         доставка, стоимость доставки, цена доставки, плата за доставку, логистика, жеткізу, жеткізу бағасы, \
         жеткізу құны, жеткізу ақысы, жеткізудің бағасы, жеткізудің құны",
    ),
    (
        Column::Fee,
        Some(Service),
        "travel price, travel cost, visit fee, call out fee, callout fee, home visit fee, tarifa de \
         desplazamiento, gastos de desplazamiento, desplazamiento, precio de desplazamiento, coste de \
         desplazamiento, precio del desplazamiento, coste del desplazamiento, выезд, стоимость выезда, цена \
         выезда, плата за выезд, выезд мастера, стоимость выезда мастера, шығу ақысы, шығу құны, шығу бағасы, \
         көшпелі қызмет ақысы, барып қызмет көрсету ақысы, келу ақысы, келу бағасы, шебердің шығу ақысы, үйге \
         бару ақысы, бару ақысы, бару құны, бару бағасы, жол ақысы, жол құны, visit price, plus por desplazamiento",
    ),
    (
        Column::FreeFrom,
        Some(Product),
        "free delivery from, free shipping, free shipping from, free delivery threshold, free shipping threshold, \
         free delivery over, free shipping over, envio gratis, envio gratis desde, envio gratuito, envio gratuito \
         desde, entrega gratis, entrega gratis desde, entrega gratuita desde, entrega gratuita, бесплатная \
         доставка, бесплатная доставка от, порог бесплатной доставки, доставка бесплатно от, доставка бесплатна \
         от, тегін жеткізу, тегін жеткізу шегі, тегін жеткізу бастап, тегін жеткізу сомасы",
    ),
    (
        Column::FreeFrom,
        Some(Service),
        "free travel, free travel from, free visit from, free call out from, desplazamiento gratis, \
         desplazamiento gratis desde, desplazamiento gratuito desde, desplazamiento gratuito, бесплатный выезд, \
         бесплатный выезд от, порог бесплатного выезда, выезд бесплатно от, тегін шығу, тегін шығу шегі, тегін \
         келу, тегін келу шегі, тегін бару шегі, тегін бару, тегін жол, free visit",
    ),
    (
        Column::Available,
        Some(Product),
        "stock, in stock, stock quantity, quantity in stock, inventory, available units, units in stock, \
         existencias, unidades en stock, stock disponible, unidades disponibles, cantidad en stock, inventario, \
         остаток, остатки, в наличии, наличие, на складе, количество на складе, остаток на складе, запас, қалдық, \
         қалдығы, қоймадағы саны, қоймада, қолда бар саны, қоры",
    ),
    (
        Column::Available,
        Some(Service),
        "slots, available slots, free slots, places, available places, free places, plazas, plazas disponibles, \
         plazas libres, huecos, huecos disponibles, citas disponibles, turnos disponibles, места, свободные \
         места, свободные слоты, слоты, доступно мест, количество мест, свободные окна, бос орындар, бос орын, \
         бос орын саны, орындар, бос слоттар, бос уақыттар",
    ),
    (
        Column::DeliveryTime,
        Some(Product),
        "delivery time, delivery hours, shipping time, lead time, delivery term, tiempo de entrega, plazo de \
         entrega, tiempo de envio, plazo de envio, horas de entrega, срок доставки, время доставки, сроки \
         доставки, доставка часов, жеткізу уақыты, жеткізу мерзімі, жеткізу сағаты",
    ),
    (
        Column::PaymentReminder,
        None,
        "payment reminder hours, reminder, reminder hours, recordatorio, recordatorio de pago, aviso de pago, \
         horas de recordatorio, напоминание, напоминание об оплате, напомнить об оплате, напоминание о платеже, \
         төлем туралы еске салу, еске салу, төлемді еске салу, төлем еске салуы",
    ),
    (
        Column::Duration,
        Some(Service),
        "length, session length, service duration, time needed, duracion, duracion del servicio, tiempo, duracion \
         de la sesion, длительность, продолжительность, время, длительность услуги, длительность сеанса, \
         ұзақтығы, ұзақтық, қызмет ұзақтығы, сеанс ұзақтығы",
    ),
    (
        Column::Capacity,
        Some(Service),
        "seats, group size, max people, people per slot, capacidad, aforo, plazas por sesion, tamano del grupo, \
         вместимость, мест в группе, размер группы, человек в группе, сыйымдылығы, сыйымдылық, топтағы орын, топ \
         көлемі",
    ),
    (
        Column::Format,
        Some(Service),
        "service format, mode, modality, formato, modalidad, формат, формат услуги, форма проведения, форматы, \
         қызмет форматы, өткізу форматы",
    ),
    (
        Column::Area,
        None,
        "city, cities served, delivery cities, delivery area, service area, area, areas, locations, place, towns, \
         ciudad, ciudades, poblacion, poblaciones, zona, zonas, localidad, localidades, zona de entrega, ciudades \
         de entrega, lugar, ubicacion, город, города, города доставки, зона доставки, место, населенный пункт, \
         место проведения, локация, город оказания услуги, қала, қалалар, қаласы, қалалары, жеткізу қалалары, \
         орны, өтетін орны, қызмет көрсету қаласы, елді мекен, shipping cities, shipping area, shipping areas, \
         delivery areas, delivery zone, delivery zones, ships to, delivers to, served cities, ciudades de reparto, \
         ciudades de envio, zona de reparto, zonas de reparto, zonas de envio, zonas de entrega, куда доставляем, \
         зоны доставки, жеткізу аймағы, жеткізу аймақтары, жеткізетін қалалар",
    ),
    (
        Column::WebsiteUrl,
        None,
        "website, site, url, link, web, web page, page, product url, product link, sitio web, pagina web, pagina, \
         enlace, web del producto, сайт, ссылка, страница, ссылка на сайт, ссылка на товар, веб сайт, сілтеме, \
         сайты, веб сайты, сайтқа сілтеме",
    ),
    (
        Column::ImageUrl,
        None,
        "image, picture, photo, photo url, picture url, image link, photo link, imagen, foto, url imagen, url de \
         la imagen, enlace de imagen, fotografia, изображение, фото, картинка, фотография, ссылка на фото, ссылка \
         на изображение, ссылка на картинку, сурет, суреті, фотосы, сурет сілтемесі, суретке сілтеме",
    ),
    (
        Column::VideoUrl,
        None,
        "video, video link, enlace de video, url video, url del video, видео, ссылка на видео, видеоролик, бейне, \
         бейнесі, бейне сілтемесі, бейнежазба, видеосы",
    ),
    (
        Column::Included,
        Some(Service),
        "what is included, whats included, includes, incluye, incluido, que incluye, lo que incluye, включено, \
         что входит, что включено, входит, входит в стоимость, не кіреді, бағаға кіреді, құрамына кіреді, кіреді, \
         қамтиды, қызметке кіреді, не қамтиды",
    ),
    (
        Column::NotIncluded,
        Some(Service),
        "what is not included, excluded, no incluye, no incluido, que no incluye, не включено, что не входит, что \
         не включено, не входит, кірмейді, құрамына кірмейді, қамтымайды, не кірмейді, қызметке кірмейді",
    ),
    (
        Column::Guarantee,
        Some(Service),
        "guarantee, guarantees, what is guaranteed, garantia, garantias, que se garantiza, que garantizamos, \
         гарантия, гарантии, что гарантируется, что гарантируем, кепілдік, кепілдіктер, неге кепілдік беріледі, \
         кепілдік беріледі",
    ),
    (
        Column::NotGuarantee,
        Some(Service),
        "not guaranteed, what is not guaranteed, sin garantia, que no se garantiza, que no garantizamos, что не \
         гарантируется, что не гарантируем, не гарантируется, кепілдік берілмейді, неге кепілдік берілмейді",
    ),
    (
        Column::SuitableFor,
        Some(Service),
        "suitable, for whom, recommended for, para quien, apto para, adecuado para, indicado para, подходит, кому \
         подходит, для кого, показания, кімге арналған, кімге жарайды, кімге сай, кімге қолайлы, кімдерге \
         арналған",
    ),
    (
        Column::NotSuitableFor,
        Some(Service),
        "not suitable, not for, contraindications, not recommended for, no apto para, no adecuado para, no \
         indicado para, para quien no, contraindicaciones, не подходит, кому не подходит, противопоказания, кімге \
         жарамайды, кімге сай емес, кімге қолайсыз, қарсы көрсетілімдер, кімге болмайды",
    ),
    (
        Column::Specialist,
        Some(Service),
        "specialist, specialist name, master, provider, therapist, especialista, nombre del especialista, \
         profesional, специалист, мастер, имя специалиста, имя мастера, врач, исполнитель, маман, маманның аты, \
         шебер, маманы",
    ),
    (
        Column::SpecialistArea,
        Some(Service),
        "about specialist, about the specialist, specialisation, specialization, specialty, especialidad, area \
         del especialista, sobre el especialista, о специалисте, специализация, о мастере, область специалиста, \
         маман туралы, мамандығы, маман саласы, шебер туралы",
    ),
    (
        Column::Recommendations,
        None,
        "recommendations, notes for customer, preparation, additional details, detalles, recomendaciones, \
         preparacion, рекомендации, подробности, детали, подготовка, дополнительно, ұсыныстар, кеңестер, толық \
         мәлімет, дайындық",
    ),
    (
        Column::Company,
        None,
        "company name, business, empresa, nombre de la empresa, negocio, компания, организация, название \
         компании, фирма, компаниясы, ұйым, компания атауы",
    ),
    (
        Column::SupplierContact,
        Some(Product),
        "supplier, vendor, vendor contact, contact of supplier, proveedor, contacto del proveedor, contacto \
         proveedor, поставщик, контакт поставщика, контакты поставщика, жеткізуші, жеткізуші байланысы, \
         жеткізушінің байланысы, жабдықтаушы, жеткізуші контактісі",
    ),
    (
        Column::SupplierServices,
        Some(Product),
        "supplier services, supplier support, returns contact, refund contact, servicios del proveedor, servicio \
         del proveedor, atencion del proveedor, contacto de devoluciones, услуги поставщика, сервис поставщика, \
         служба поставщика, контакт для возврата, жеткізуші қызметтері, жеткізуші қызметі, қайтару байланысы",
    ),
    (
        Column::Warehouse,
        Some(Product),
        "warehouse, store address, pickup address, almacen, direccion del almacen, direccion almacen, склад, \
         адрес склада, қойма, қойма мекенжайы, қойманың мекенжайы",
    ),
    (
        Column::SpecialistContact,
        Some(Service),
        "contact of specialist, master contact, contacto del especialista, contacto especialista, contacto del \
         profesional, контакт специалиста, контакты специалиста, контакт мастера, маман байланысы, маманның \
         байланысы, маман контактісі, шебер байланысы",
    ),
    (
        Column::Office,
        None,
        "office, address, salon address, clinic address, oficina, direccion, direccion de la oficina, direccion \
         oficina, офис, адрес, адрес офиса, адрес салона, кеңсе, мекенжай, мекенжайы, кеңсе мекенжайы, офис \
         мекенжайы",
    ),
];
