//! English.

use super::Words;

pub(super) const WORDS: Words = Words {
    first_names: &[
        "Emma", "Oliver", "Amelia", "Jack", "Sophie", "Harry", "Lucy", "George", "Grace", "Noah", "Ella", "Leo",
        "Freya", "Arthur", "Ivy", "Oscar", "Florence", "Theo", "Daisy", "Henry", "Alice", "Finn", "Ruby", "Max",
        "Nora", "Hugo",
    ],
    last_names: &[
        "Hart", "Bennett", "Walsh", "Carter", "Hughes", "Foster", "Palmer", "Reid", "Barnes", "Cole", "Sutton",
        "Marsh", "Fleming", "Doyle", "Norris", "Webb", "Osborne", "Pratt", "Quinn", "Shaw", "Tate", "Vaughan", "Yates",
        "Lowe", "Byrne", "Kemp",
    ],
    phone: ("+447700900", 3),
    hello: &["Hello!", "Hi there", "Good morning", "Hi! I have a question", "Good afternoon!"],
    price: &[
        "How much is “{item}”?",
        "Hi! What does “{item}” cost?",
        "Could you tell me the price of “{item}”, please?",
        "Is “{item}” available? What is the price?",
    ],
    delivery: &["How long does “{item}” take?", "When could I get “{item}”?", "How many days until “{item}” is here?"],
    cities: &["Which cities do you work in?", "Where do you deliver?", "Do you only work in one city?"],
    hours: &["What are your hours?", "Are you open on Sunday?", "Until what time are you open today?"],
    want: &["I would like {n} × {item}, please", "I'll take {n} of {item}", "Please put me down for {n} {item}"],
    details: &["{name}, {phone}, {city}", "My name is {name}, phone {phone}, city {city}", "{city}. {name}, {phone}"],
    details_online: &["{name}, {phone}", "My name is {name}, phone {phone}"],
    when: &["{day} at {time}, please", "Does {day} at {time} work?", "I would come on {day} at {time}"],
    confirm: &["Yes, I confirm", "I confirm the order", "Yes, please send the link", "All correct, I confirm"],
    first_one: "The first one",
    how_many: "2",
    thanks: &["Thank you!", "Thanks a lot", "Great, thank you", "Perfect, thanks!", "👍"],
    later: &["I will think about it", "I'll write again tomorrow", "Let me ask my sister first", "Not now, thank you"],
    discount: &["Is there a discount?", "Could you do it a bit cheaper?", "Any discount for regular customers?"],
    off_topic: &["What will the weather be like?", "Can you help me with my homework?", "Who won the match yesterday?"],
    person: &["I would like to talk to a person, please", "Can somebody call me?", "Please pass me to a colleague"],
    complaint: &[
        "I am not happy: it came half a day late",
        "This is not what I ordered",
        "I waited for an hour and nobody answered",
    ],
    refund: &["I want my money back", "How do I get a refund?", "Please return the payment"],
    puzzle: &[
        "So the same as in spring but the other way round, with what we said?",
        "asdf lkj ???",
        "You know, that one",
    ],
    other: &["By the way, one more thing", "And one more question", "Hello again"],
    reply_price: &["And is that for one?", "That includes everything?", "All right"],
    operator: &[
        "Good day! This is the team. I have read the conversation and will sort it out.",
        "Hello, a colleague here. Let me check that with the workshop.",
        "Thank you for waiting. I can see your order in front of me.",
    ],
    operator_end: &[
        "Done: I have changed it, and you will get a message.",
        "I have spoken with the workshop; everything is set.",
        "Sorted. Write to us any time.",
    ],
    note: &[
        "Regular customer, prefers to be written to in the evening.",
        "Called the workshop: they can do it tomorrow before noon.",
        "Asked twice about the invoice; sent by e-mail.",
    ],
};
