//! Contacts: told only when the customer asks for them or wants money back (R79, R153).

use super::{CONTACT_OFFERED, OrderNow, Talk};
use crate::compose::Value;
use crate::turn::Field;
use crate::understand::{ContactKind, Mention};
use domain::catalog::{Item, ItemKind};
use serde_json::Value as Json;
use std::sync::Arc;

impl Talk<'_> {
    pub(super) fn offered_contact(&mut self) -> bool {
        let key = self.desk.state.memory.get(CONTACT_OFFERED).and_then(Json::as_str).map(str::to_owned);
        let Some(item) = key.and_then(|key| self.item(&key)) else { return false };
        self.desk.state.memory.remove(CONTACT_OFFERED);
        let kind = if item.kind == ItemKind::Service { ContactKind::Specialist } else { ContactKind::Supplier };
        self.contact_of(&item, kind);
        true
    }

    fn single(&self, about: Option<&Mention>) -> Option<Arc<Item>> {
        let key = match about {
            Some(mention) => mention.candidates.first().cloned(),
            None => self.desk.state.focus.first().cloned().or_else(|| {
                self.order.as_ref().and_then(|order| order.cart.lines.first()).map(|line| line.key.clone())
            }),
        };
        key.and_then(|key| self.item(&key))
    }

    /// A refund is answered with the contacts that the catalogue names for it (R79).
    pub(super) fn refund(&mut self, about: Option<&Mention>) {
        self.intent = "refund";
        if self.order_now == OrderNow::Open {
            self.desk.stop_reminders();
        }
        let Some(item) = self.single(about) else {
            self.say.say("refund-which", &[]);
            self.ask(Field::Item);
            return;
        };
        let contacts = &item.contacts;
        let contact = match item.kind {
            ItemKind::Service => contacts.specialist.clone().or(contacts.supplier_services.clone()),
            ItemKind::Product => contacts.supplier_services.clone().or(contacts.supplier.clone()),
        };
        self.focus(&item.key);
        self.offer(&item.key);
        match contact {
            Some(contact) => {
                self.say.say("refund-contact", &[("name", Value::Text(&item.name)), ("contact", Value::Text(&contact))])
            }
            None => {
                self.desk.call_person("refund");
                self.say.say("refund-none", &[]);
            }
        }
    }

    pub(super) fn contact(&mut self, kind: ContactKind, about: Option<&Mention>) {
        self.intent = "contact";
        match self.single(about) {
            Some(item) => self.contact_of(&item, kind),
            None => {
                // One address for the whole company needs no item.
                let items = self.index().items();
                let mut offices: Vec<&String> = items.iter().filter_map(|item| item.contacts.office.as_ref()).collect();
                offices.sort();
                offices.dedup();
                match (kind, &offices[..]) {
                    (ContactKind::Office | ContactKind::Company, [only]) => {
                        self.say.say("contact-office", &[("contact", Value::Text(only))]);
                    }
                    _ => self.say.say("contact-which", &[]),
                }
            }
        }
    }

    fn contact_of(&mut self, item: &Item, kind: ContactKind) {
        self.meant("contact");
        self.focus(&item.key);
        let contacts = &item.contacts;
        let name = ("name", Value::Text(&item.name));
        let (id, contact) = match kind {
            ContactKind::Specialist => ("contact-item", contacts.specialist.as_ref().or(contacts.supplier.as_ref())),
            ContactKind::Supplier => {
                let supplier = contacts.supplier.as_ref().or(contacts.supplier_services.as_ref());
                ("contact-item", supplier.or(contacts.specialist.as_ref()))
            }
            ContactKind::Warehouse => ("contact-warehouse", contacts.warehouse.as_ref()),
            ContactKind::Office => match &contacts.office {
                Some(office) => ("contact-office", Some(office)),
                None => ("contact-warehouse", contacts.warehouse.as_ref()),
            },
            ContactKind::Company => (
                "contact-item",
                contacts.specialist.as_ref().or(contacts.supplier_services.as_ref()).or(contacts.supplier.as_ref()),
            ),
        };
        match contact {
            Some(contact) => self.say.say(id, &[name, ("contact", Value::Text(contact))]),
            None => self.say.say("contact-none", &[]),
        }
    }
}
